import { useEffect, useState } from "react";

/** The time in ms since the epoch as the server sees it, again every `everyMs` while something is shown. */
export function useNow(everyMs: number, offset = 0): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now + offset;
}
