import { useSyncExternalStore } from "react";
import { wishes } from "../wishes";

/** The key that does the same, on a button; decoration, and gone where single keys are off. */
export function Key({ name }: { name: string }) {
  const { keys } = useSyncExternalStore(wishes.subscribe, wishes.get);
  return keys ? (
    <i className="key-hint" aria-hidden="true">
      {name}
    </i>
  ) : null;
}
