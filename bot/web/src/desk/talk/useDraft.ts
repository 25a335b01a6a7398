import { useState } from "react";
import { useClient } from "../context";

/** Text that was begun in a conversation and not sent: it is still there after a reload. */
export function useDraft(conversation: string, kind: string): [string, (text: string) => void] {
  const { storage } = useClient();
  const key = `huitouke.desk.draft.${kind}.${conversation}`;
  const [text, setText] = useState(() => storage.get(key) ?? "");
  const keep = (next: string) => {
    setText(next);
    if (next) storage.set(key, next);
    else storage.remove(key);
  };
  return [text, keep];
}
