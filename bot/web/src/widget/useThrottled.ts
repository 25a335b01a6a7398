import { useCallback, useEffect, useRef } from "react";

const EVERY_MS = 600;

/** Calls `tell` at most every 600 ms, the last time with the newest text. */
export function useThrottled(tell: ((text: string) => void) | undefined): (text: string) => void {
  const state = useRef({ timer: undefined as ReturnType<typeof setTimeout> | undefined, text: "" });
  const latest = useRef(tell);
  latest.current = tell;
  useEffect(() => () => clearTimeout(state.current.timer), []);
  return useCallback((text: string) => {
    const now = state.current;
    now.text = text;
    now.timer ??= setTimeout(() => {
      now.timer = undefined;
      latest.current?.(now.text);
    }, EVERY_MS);
  }, []);
}
