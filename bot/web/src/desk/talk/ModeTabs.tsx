import { type ReactNode, type RefObject, useLayoutEffect } from "react";
import { useStrings } from "../context";
import { NoteIcon } from "../icons";

export type Mode = "reply" | "note";
type Props = {
  mode: Mode;
  locked: boolean;
  told: string;
  aside: ReactNode;
  onChoose: (mode: Mode) => void;
};

const MODES: Mode[] = ["reply", "note"];
const MOST_PX = 220;

/** Whether the customer or only colleagues will read it; and what else there is to say about the text. */
export function ModeTabs({ mode, locked, told, aside, onChoose }: Props) {
  const { compose: said } = useStrings();
  return (
    <div className="composer-tabs">
      {MODES.map((one) => (
        <button
          key={one}
          type="button"
          aria-pressed={mode === one}
          disabled={one === "reply" && locked}
          title={one === "reply" ? "R" : "N"}
          onClick={() => onChoose(one)}
        >
          {one === "note" && <NoteIcon size={14} />}
          {said[one]}
        </button>
      ))}
      <span className="composer-over" role="status">
        {told}
      </span>
      {aside}
    </div>
  );
}

/** Lets the field grow with its text. */
export function useHeight(field: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = text ? `${Math.min(MOST_PX, element.scrollHeight)}px` : "";
  }, [field, text]);
}
