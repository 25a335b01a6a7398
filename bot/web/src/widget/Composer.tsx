import { type KeyboardEvent, type Ref, useId, useLayoutEffect, useRef, useState } from "react";
import { SendIcon } from "../ui/icons";
import { useStrings } from "./context";
import { FileButton } from "./FileButton";
import { useThrottled } from "./useThrottled";

const DRAFT_KEY = "huitouke.draft";
/** The counter appears when so many characters are left. */
const COUNT_FROM = 200;

type Props = {
  ref: Ref<HTMLTextAreaElement>;
  limit: number;
  disabled: boolean;
  /** False: refused, the text stays. */
  onSend: (text: string) => boolean;
  onTyping?: (text: string) => void;
  /** Null: files are not taken now. */
  onFile?: ((file: File) => Promise<void>) | null;
};

export function Composer({ ref, limit, disabled, onSend, onTyping, onFile }: Props) {
  const { input: said } = useStrings();
  const [text, setText] = useState(readDraft);
  const field = useRef<HTMLTextAreaElement | null>(null);
  const countId = useId();
  const left = limit - [...text].length;
  const ready = text.trim() !== "" && left >= 0 && !disabled;

  useLayoutEffect(() => {
    if (field.current) grow(field.current);
    keepDraft(text);
  }, [text]);

  const tell = useThrottled(onTyping);

  const send = () => {
    if (ready && onSend(text)) {
      setText("");
      tell("");
    }
    field.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      className="composer"
      aria-label={said.label}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="composer-box" data-over={left < 0}>
        <textarea
          ref={(element) => {
            field.current = element;
            if (typeof ref === "function") ref(element);
            else if (ref) ref.current = element;
          }}
          rows={1}
          value={text}
          disabled={disabled}
          aria-label={said.label}
          aria-describedby={countId}
          aria-invalid={left < 0}
          placeholder={said.placeholder}
          enterKeyHint="send"
          onChange={(event) => {
            setText(event.target.value);
            tell(event.target.value);
          }}
          onKeyDown={onKeyDown}
        />
        {onFile && <FileButton onFile={onFile} />}
        <button type="submit" className="composer-send" aria-label={said.send} disabled={!ready}>
          <SendIcon />
        </button>
      </div>
      <p id={countId} className="composer-count" role="status" data-over={left < 0}>
        {left < COUNT_FROM ? said.count(left) : ""}
      </p>
    </form>
  );
}

/** Enter that chooses a word of an input method. Safari ends the composition first, but keeps code 229. */
function isComposing(event: KeyboardEvent): boolean {
  return event.nativeEvent.isComposing || event.keyCode === 229;
}

function grow(field: HTMLTextAreaElement): void {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}

function readDraft(): string {
  try {
    return sessionStorage.getItem(DRAFT_KEY) ?? "";
  } catch {
    return "";
  }
}

function keepDraft(text: string): void {
  try {
    if (text) sessionStorage.setItem(DRAFT_KEY, text);
    else sessionStorage.removeItem(DRAFT_KEY);
  } catch {
    // without storage a draft ends with the page
  }
}
