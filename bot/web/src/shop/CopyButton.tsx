import { useEffect, useState } from "react";
import { CheckIcon, CopyIcon } from "../ui/icons";
import { copy } from "./copy";

export function CopyButton({ text, label, children }: { text: string; label: string; children?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      className="copy"
      aria-label={label}
      onClick={async () => setCopied(await copy(text))}
    >
      {copied ? <CheckIcon size={15} /> : <CopyIcon size={15} />}
      {children && <span>{copied ? "已复制" : children}</span>}
      <span className="sr" role="status">
        {copied ? "已复制" : ""}
      </span>
    </button>
  );
}
