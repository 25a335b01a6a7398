import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

const NEAR_PX = 80;
const MARGIN_PX = 8;

/**
 * Keeps a list at its end while the reader is there: new messages, growing cards and the keyboard scroll it
 * along, but a message taller than the view is shown from its beginning. Whoever reads further up is left in
 * peace, except when they write themselves (`ownCount` grows).
 */
export function useBottom({ ownCount, firstSeq }: { ownCount: number; firstSeq: number }) {
  const scroller = useRef<HTMLElement>(null);
  const log = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);
  const before = useRef({ top: 0, height: 0 });
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
    // Only moving up is leaving: an event of our own scrolling may come after the list has grown again.
    if (isAtEnd(element)) stuck.current = true;
    else if (element.scrollTop < before.current.top) stuck.current = false;
    before.current = { top: element.scrollTop, height: element.scrollHeight };
    setReached(isAtEnd(element));
  }, []);

  useEffect(() => {
    const element = scroller.current;
    const content = element?.firstElementChild;
    if (!element || !content || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => {
      if (stuck.current) {
        element.scrollTop = restingPlace(element, log.current?.lastElementChild);
        stuck.current = isAtEnd(element);
      }
      before.current = { top: element.scrollTop, height: element.scrollHeight };
      setReached(isAtEnd(element));
    });
    observer.observe(element);
    observer.observe(content);
    return () => observer.disconnect();
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: writing is what brings the reader down
  useLayoutEffect(go, [ownCount]);

  // Earlier messages were put on top: what was read stays where it is.
  // biome-ignore lint/correctness/useExhaustiveDependencies: firstSeq is what changed
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    if (!stuck.current) element.scrollTop += element.scrollHeight - before.current.height;
    before.current = { top: element.scrollTop, height: element.scrollHeight };
  }, [firstSeq]);

  return { scroller, log, onScroll, go, reached, away: !reached };
}

function isAtEnd(element: HTMLElement): boolean {
  return element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
}

/** Where to scroll to: the end, or the top of what is newest; before anything was said, the greeting's top. */
function restingPlace(scroller: HTMLElement, newest: Element | null | undefined): number {
  if (!newest) return 0;
  const top = newest.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
  return Math.min(scroller.scrollHeight, top - MARGIN_PX);
}
