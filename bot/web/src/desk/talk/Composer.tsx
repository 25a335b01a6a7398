import { type KeyboardEvent, type Ref, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import { SendIcon } from "../../ui/icons";
import type { Thread } from "../client/thread";
import type { Line } from "../client/tickets";
import { useDesk, useStrings } from "../context";
import { NoteIcon } from "../icons";
import { CannedPicker } from "./CannedPicker";
import { FileButton, useFiles } from "./files";
import { lockOf } from "./lock";
import { MentionPicker } from "./MentionPicker";
import type { PickerHandle } from "./Picker";
import { Suggestions } from "./Suggestions";
import type { Standing } from "./standing";
import { useDraft } from "./useDraft";
import { useNote } from "./useNote";
import { useTyping } from "./useTyping";

export type Mode = "reply" | "note";
export type ComposerHandle = { focus(mode: Mode): void };
type Props = { ref: Ref<ComposerHandle>; thread: Thread; line: Line | null; stands: Standing };

export function Composer({ ref, thread, line, stands }: Props) {
  const strings = useStrings();
  const { settings } = useDesk();
  const [wished, setMode] = useState<Mode>("reply");
  const [reply, setReply] = useDraft(thread.conversation, "reply");
  const [note, setNote] = useDraft(thread.conversation, "note");
  const { mention, saveNote } = useNote(line);
  const { uploading, sendFiles } = useFiles(thread);
  const typing = useTyping(thread.conversation);
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<PickerHandle>(null);
  const said = strings.compose;
  const lock = lockOf(line, stands, strings);
  const mode: Mode = line === null ? "reply" : lock ? "note" : wished;
  const [text, setText] = mode === "reply" ? [reply, setReply] : [note, setNote];
  const over = [...text].length - (settings?.limits.text ?? 4000);

  useImperativeHandle(ref, () => ({
    focus(next) {
      setMode(next);
      setTimeout(() => field.current?.focus());
    },
  }));

  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = text ? `${Math.min(220, element.scrollHeight)}px` : "";
  }, [text]);

  const change = (next: string) => {
    setText(next);
    if (mode === "reply") typing(next !== "" && !next.startsWith("/"));
  };

  const send = async (words = text) => {
    const clean = words.trim();
    if (!clean || over > 0) return;
    if (mode === "note") {
      if (await saveNote(clean)) setText("");
    } else if (!lock) {
      thread.write(clean);
      setText("");
      typing(false);
    }
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (picker.current?.press(event)) return;
    if (event.key === "Escape") {
      event.preventDefault();
      field.current?.blur();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void send();
    }
  };

  const takeFiles = (event: { preventDefault(): void }, { files }: DataTransfer) => {
    if (mode !== "reply" || files.length === 0) return;
    event.preventDefault();
    void sendFiles(files);
  };

  if (line === null) return <p className="lock">{lock}</p>;
  return (
    <div className="composer" data-mode={mode}>
      {lock && <p className="lock">{lock}</p>}
      {!lock && mode === "reply" && (
        <Suggestions
          thread={thread}
          onTake={(words) => void send(words)}
          onEdit={(words) => {
            setReply(words);
            field.current?.focus();
          }}
        />
      )}
      {mode === "reply" && text.startsWith("/") && (
        <CannedPicker
          ref={picker}
          conversation={thread.conversation}
          typed={text.slice(1)}
          onPick={(words) => {
            setReply(words);
            field.current?.focus();
          }}
        />
      )}
      {mode === "note" && (
        <MentionPicker
          ref={picker}
          text={text}
          onPick={(who, words) => {
            mention(who);
            setNote(words);
            field.current?.focus();
          }}
        />
      )}
      <div className="composer-tabs" role="tablist">
        {(["reply", "note"] as const).map((one) => (
          <button
            key={one}
            type="button"
            role="tab"
            aria-selected={mode === one}
            disabled={one === "reply" && lock !== null}
            title={one === "reply" ? "R" : "N"}
            onClick={() => {
              setMode(one);
              field.current?.focus();
            }}
          >
            {one === "note" && <NoteIcon size={14} />}
            {said[one]}
          </button>
        ))}
        <span className="composer-over" role="status">
          {over > 0 ? said.over(over) : uploading ? said.uploading : ""}
        </span>
      </div>
      <div className="composer-row">
        <textarea
          ref={field}
          rows={2}
          value={text}
          aria-label={mode === "reply" ? said.label : said.noteLabel}
          aria-invalid={over > 0}
          placeholder={mode === "reply" ? said.placeholder : said.notePlaceholder}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
          onPaste={(event) => takeFiles(event, event.clipboardData)}
          onDrop={(event) => takeFiles(event, event.dataTransfer)}
        />
        {mode === "reply" && <FileButton busy={uploading} onChoose={sendFiles} />}
        <button
          type="button"
          className="btn primary composer-send"
          disabled={!text.trim() || over > 0}
          onClick={() => void send()}
        >
          <SendIcon size={16} />
          {mode === "reply" ? said.send : said.sendNote}
        </button>
      </div>
    </div>
  );
}
