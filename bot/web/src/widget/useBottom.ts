import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

const NEAR_PX = 80;

/**
 * Keeps a list at its end while the reader is there: new messages, growing cards and the keyboard scroll it
 * along. Whoever reads further up is left in peace, except when they write themselves.
 */
export function useBottom({ ownCount, firstSeq }: { ownCount: number; firstSeq: number }) {
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);
  const height = useRef(0);
  const [reached, setReached] = useState(true);

  const go = useCallback(() => {
    stuck.current = true;
    setReached(true);
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, []);

  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    stuck.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
    height.current = element.scrollHeight;
    setReached(stuck.current);
  }, []);

  useEffect(() => {
    if (typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => {
      const element = scroller.current;
      if (!element) return;
      if (stuck.current) element.scrollTop = element.scrollHeight;
      height.current = element.scrollHeight;
    });
    if (scroller.current) observer.observe(scroller.current);
    if (content.current) observer.observe(content.current);
    return () => observer.disconnect();
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: writing is what brings the reader down
  useLayoutEffect(go, [ownCount]);

  // Earlier messages were put on top: what was read stays where it is.
  // biome-ignore lint/correctness/useExhaustiveDependencies: firstSeq is what changed
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    if (!stuck.current) element.scrollTop += element.scrollHeight - height.current;
    height.current = element.scrollHeight;
  }, [firstSeq]);

  return { scroller, content, onScroll, go, reached, away: !reached };
}
