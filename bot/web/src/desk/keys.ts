import { useEffect, useRef } from "react";
import { wishes } from "./wishes";

export type Keymap = Record<string, () => void>;

/** Single-key shortcuts: `"j"`, or two keys one after the other: `"g q"`. Never while something is typed. */
export function useKeys(map: Keymap): void {
  const latest = useRef(map);
  latest.current = map;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event, latest.current);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

const PAIR_MS = 1200;

type Heard = { event: KeyboardEvent | null; key: string; at: number };
const SILENCE: Heard = { event: null, key: "", at: 0 };
/** Several maps hear the same key, so what came before it is kept apart from the key itself. */
let before = SILENCE;
let heard = SILENCE;

function press(event: KeyboardEvent, map: Keymap): void {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape") (event.target as HTMLElement).blur(); // the single keys are there again
    return;
  }
  const action = actionOf(event, map);
  if (!action) return;
  event.preventDefault();
  action();
}

function actionOf(event: KeyboardEvent, map: Keymap): (() => void) | undefined {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key !== "?" && key !== "Escape" && !wishes.get().keys) return undefined;
  if (heard.event !== event) {
    before = heard;
    heard = { event, key, at: event.timeStamp };
  }
  const pair = event.timeStamp - before.at < PAIR_MS ? `${before.key} ${key}` : "";
  if (map[pair]) heard.key = ""; // the second of a pair begins none
  return map[pair] ?? (before.key === "g" && pair ? undefined : map[key]);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
