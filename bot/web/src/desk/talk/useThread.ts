import { useEffect, useState, useSyncExternalStore } from "react";
import { Store } from "../../chat/store";
import type { Thread, ThreadState } from "../client/thread";
import { useAttempt, useClient } from "../context";

const NOTHING = new Store<ThreadState | Record<string, never>>({});

/** Opens a ticket's conversation, or one the bot has, for as long as it is shown. */
export function useThread(ticket: number | null, conversation: string | null) {
  const client = useClient();
  const attempt = useAttempt();
  const [thread, setThread] = useState<Thread | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let current = true;
    let opened: Thread | undefined;
    void attempt(() =>
      ticket !== null ? client.open(ticket) : client.openConversation(conversation ?? ""),
    ).then((found) => {
      opened = found;
      if (current) setThread(found ?? null);
      else if (found) client.close(found.conversation);
      if (!found) setFailed(true);
    });
    return () => {
      current = false;
      if (opened) client.close(opened.conversation);
    };
  }, [client, attempt, ticket, conversation]);
  const store = thread?.state ?? NOTHING;
  const state = useSyncExternalStore(store.subscribe as typeof NOTHING.subscribe, store.get as () => unknown);
  return { thread, state: thread ? (state as ThreadState) : null, failed };
}
