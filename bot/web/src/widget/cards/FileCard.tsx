import type { FileData } from "../../chat/protocol";
import { FileIcon } from "../../ui/icons";
import { useStrings } from "../context";
import { fileSize } from "../format";

/** What may be shown in place; anything else is only ever a download. */
const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);

export function FileCard({ data }: { data: FileData }) {
  const { file: said } = useStrings();
  const url = sameOrigin(data.url);
  if (!url) return null;
  if (PICTURES.has(data.content_type)) {
    return (
      <a
        className="picture"
        href={url}
        target="_blank"
        rel="noopener noreferrer"
        aria-label={said.open(data.name)}
      >
        <img src={url} alt={data.name} loading="lazy" />
      </a>
    );
  }
  return (
    <a className="file" href={url} download={data.name} rel="noopener noreferrer">
      <FileIcon />
      <span>
        <b>{data.name}</b>
        <small>{fileSize(data.size)}</small>
      </span>
    </a>
  );
}

/** Files are ours: an address elsewhere is none. */
function sameOrigin(url: string): string | null {
  return /^\/(?!\/)/.test(url) ? url : null;
}
