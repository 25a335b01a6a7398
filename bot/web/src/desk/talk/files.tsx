import { useRef, useState } from "react";
import type { FileData } from "../../chat/protocol";
import { ClipIcon } from "../../ui/icons";
import type { Thread } from "../client/thread";
import { useAttempt, useClient, useDesk, useSay, useStrings } from "../context";

/** Uploads files one after the other, and sends each as soon as it is there. */
export function useFiles(thread: Thread) {
  const client = useClient();
  const attempt = useAttempt();
  const say = useSay();
  const { compose: said } = useStrings();
  const { settings } = useDesk();
  const [uploading, setUploading] = useState(false);
  const most = settings?.limits.file_bytes ?? Number.POSITIVE_INFINITY;

  const sendFiles = async (files: Iterable<File>) => {
    setUploading(true);
    for (const file of files) {
      if (file.size > most) {
        say(said.tooLarge(Math.floor(most / 1_048_576)), "bad");
        continue;
      }
      const uploaded = await attempt(() => client.http.upload<{ file: FileData }>("files", file));
      if (uploaded) thread.writeFile(uploaded.file);
    }
    setUploading(false);
  };
  return { uploading, sendFiles };
}

export function FileButton({
  busy,
  onChoose,
}: {
  busy: boolean;
  onChoose: (files: File[]) => Promise<void>;
}) {
  const { compose: said } = useStrings();
  const { settings } = useDesk();
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={chooser}
        type="file"
        hidden
        multiple
        aria-label={said.file}
        accept={settings?.limits.file_types?.join(",") ?? "image/*,application/pdf,text/plain"}
        onChange={(event) => {
          void onChoose([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
      <button
        type="button"
        className="icon-btn"
        aria-label={said.file}
        title={said.file}
        disabled={busy}
        onClick={() => chooser.current?.click()}
      >
        <ClipIcon />
      </button>
    </>
  );
}
