import { useEffect, useState, useSyncExternalStore } from "react";
import type { Suggestion } from "../client/canned";
import type { Thread } from "../client/thread";
import { useClient, useStrings } from "../context";

type Props = { thread: Thread; onTake: (text: string) => void; onEdit: (text: string) => void };
const MOST = 3;

/** Answers to the customer's last words: one key sends one, with Shift it is edited first. */
export function Suggestions({ thread, onTake, onEdit }: Props) {
  const client = useClient();
  const { compose: said } = useStrings();
  const { messages } = useSyncExternalStore(thread.state.subscribe, thread.state.get);
  const last = messages[messages.length - 1];
  // What the customer meant is known a moment after their words are.
  const asked = last?.author === "customer" ? `${last.seq} ${last.parse?.intent ?? ""}` : "";
  const [found, setFound] = useState<Suggestion[]>([]);

  useEffect(() => {
    setFound([]);
    if (!asked) return;
    let current = true;
    client.http.get<{ suggestions: Suggestion[] }>(`conversations/${thread.conversation}/suggestions`).then(
      (page) => current && setFound(page.suggestions.slice(0, MOST)),
      () => {}, // a suggestion less is no harm
    );
    return () => {
      current = false;
    };
  }, [client, thread, asked]);

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const one = found[Number(/^Digit([1-3])$/.exec(event.code)?.[1] ?? 0) - 1];
      if (!event.altKey || !one || event.isComposing) return;
      event.preventDefault();
      if (event.shiftKey) onEdit(one.text);
      else onTake(one.text);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [found, onTake, onEdit]);

  if (found.length === 0) return null;
  return (
    <ul className="suggestions" aria-label={said.suggestions}>
      {found.map((one, index) => (
        <li key={one.text}>
          <button type="button" className="suggestion" onClick={() => onTake(one.text)}>
            <kbd>Alt {index + 1}</kbd>
            <span>{one.text}</span>
            {one.from === "facts" && <em>{said.fromFacts}</em>}
          </button>
          <button type="button" className="btn small quiet" onClick={() => onEdit(one.text)}>
            {said.edit}
          </button>
        </li>
      ))}
    </ul>
  );
}
