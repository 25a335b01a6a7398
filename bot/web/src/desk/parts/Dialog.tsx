import { type ReactNode, useEffect, useId, useRef } from "react";
import { CloseIcon } from "../../ui/icons";
import { useStrings } from "../context";

type Props = { title: string; onClose: () => void; wide?: boolean; children: ReactNode };

/** A modal question; the browser keeps the focus inside, Escape closes it. */
export function Dialog({ title, onClose, wide = false, children }: Props) {
  const strings = useStrings();
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    // The browser would choose the button that closes it.
    dialog?.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      className="dialog"
      data-wide={wide}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" className="icon-btn" aria-label={strings.help.close} onClick={onClose}>
          <CloseIcon size={18} />
        </button>
      </header>
      {children}
    </dialog>
  );
}
