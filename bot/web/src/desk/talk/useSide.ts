import { useState, useSyncExternalStore } from "react";
import { wish, wishes } from "../wishes";

const narrow = matchMedia("(max-width: 1100px)");

/** Whether the customer's panel is shown, and how to turn it. Where it would cover the talk it waits to be asked. */
export function useSide(): [boolean, () => void] {
  const { side } = useSyncExternalStore(wishes.subscribe, wishes.get);
  const covers = useSyncExternalStore(
    (listener) => {
      narrow.addEventListener("change", listener);
      return () => narrow.removeEventListener("change", listener);
    },
    () => narrow.matches,
  );
  const [over, setOver] = useState(false);
  return covers ? [over, () => setOver(!over)] : [side, () => wish({ side: !side })];
}
