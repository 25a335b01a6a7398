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

let before = { key: "", at: 0 };

function press(event: KeyboardEvent, map: Keymap): void {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key !== "?" && key !== "Escape" && !wishes.get().keys) return;
  const pair = event.timeStamp - before.at < 1200 ? `${before.key} ${key}` : "";
  const action = map[pair] ?? (before.key === "g" && pair ? undefined : map[key]);
  // Several maps hear the same key: what came before changes only once they all have.
  setTimeout(() => {
    before = { key: map[pair] ? "" : key, at: event.timeStamp };
  });
  if (!action) return;
  event.preventDefault();
  action();
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
