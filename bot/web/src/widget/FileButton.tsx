import { useRef, useState } from "react";
import { Refusal } from "../chat/api";
import { ClipIcon } from "../ui/icons";
import { useStrings } from "./context";

const MOST_BYTES = 10 * 1024 * 1024;
const TYPES = "image/*,application/pdf,text/plain";

/** Chooses a picture or file and sends it; says why when that does not work. */
export function FileButton({ onFile }: { onFile: (file: File) => Promise<void> }) {
  const { file: said } = useStrings();
  const chooser = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const reasons: Record<string, string> = {
    too_large: said.tooLarge,
    bad_type: said.badType,
    not_now: said.notNow,
  };

  const send = async (file: File) => {
    setProblem("");
    if (file.size > MOST_BYTES) {
      setProblem(said.tooLarge);
      return;
    }
    setBusy(true);
    try {
      await onFile(file);
    } catch (refused) {
      setProblem((refused instanceof Refusal && reasons[refused.code]) || said.failed);
    }
    setBusy(false);
  };

  return (
    <>
      <input
        ref={chooser}
        type="file"
        hidden
        accept={TYPES}
        aria-label={said.send}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file) void send(file);
        }}
      />
      <button
        type="button"
        className="composer-file"
        aria-label={said.send}
        title={said.send}
        disabled={busy}
        onClick={() => chooser.current?.click()}
      >
        {busy ? <i className="spinner" /> : <ClipIcon />}
      </button>
      <p className="composer-told" role="status">
        {busy ? said.sending : problem}
      </p>
    </>
  );
}
