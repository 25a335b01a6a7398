import { useCallback, useEffect, useRef } from "react";
import { useClient } from "../context";

const AGAIN_MS = 3000;
const STOPPED_MS = 4000;

/** Tells the customer that somebody writes: call it at each key. Silence, or `false`, ends it. */
export function useTyping(conversation: string): (on: boolean) => void {
  const client = useClient();
  const told = useRef({ at: 0, timer: undefined as ReturnType<typeof setTimeout> | undefined });
  const stop = useCallback(() => {
    clearTimeout(told.current.timer);
    if (told.current.at) client.typing(conversation, false);
    told.current.at = 0;
  }, [client, conversation]);
  useEffect(() => stop, [stop]);
  return useCallback(
    (on: boolean) => {
      if (!on) {
        stop();
        return;
      }
      clearTimeout(told.current.timer);
      told.current.timer = setTimeout(stop, STOPPED_MS);
      if (Date.now() - told.current.at < AGAIN_MS) return;
      told.current.at = Date.now();
      client.typing(conversation, true);
    },
    [client, conversation, stop],
  );
}
