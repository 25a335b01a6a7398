import { useRef } from "react";
import { uuid } from "../../chat/outbox";
import type { Named } from "../client/people";
import type { Line } from "../client/tickets";
import { useAttempt, useClient, useSay, useStrings } from "../context";

/** Saves internal notes, with the colleagues mentioned in them. */
export function useNote(line: Line | null) {
  const client = useClient();
  const attempt = useAttempt();
  const say = useSay();
  const { compose } = useStrings();
  const mentioned = useRef<Named[]>([]);
  const attemptId = useRef(uuid());

  const mention = (who: Named) => {
    mentioned.current = [...mentioned.current, who];
  };

  /** True when it was saved. */
  const saveNote = async (text: string): Promise<boolean> => {
    const mentions = mentioned.current.filter(({ name }) => text.includes(`@${name}`)).map(({ id }) => id);
    const body = { text, mentions: [...new Set(mentions)], client_id: attemptId.current };
    const done = await attempt(() => client.act(`tickets/${line?.id}/notes`, body));
    if (!done) return false;
    attemptId.current = uuid(); // trying the same note again must not write it twice
    mentioned.current = [];
    say(compose.noted);
    return true;
  };
  return { mention, saveNote };
}
