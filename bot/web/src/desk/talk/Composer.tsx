import { type KeyboardEvent, type Ref, useImperativeHandle, useRef, useState } from "react";
import { SendIcon } from "../../ui/icons";
import type { Named } from "../client/people";
import type { Thread } from "../client/thread";
import type { Allowance, Line } from "../client/tickets";
import { useDesk, useStrings } from "../context";
import { AllowanceLeft } from "./AllowanceLeft";
import { CannedPicker } from "./CannedPicker";
import { FileButton, useFiles } from "./files";
import { lockOf } from "./lock";
import { MentionPicker } from "./MentionPicker";
import { type Mode, ModeTabs, useHeight } from "./ModeTabs";
import type { PickerHandle } from "./Picker";
import { Suggestions } from "./Suggestions";
import type { Standing } from "./standing";
import { useDraft } from "./useDraft";
import { useNote } from "./useNote";
import { useTyping } from "./useTyping";

export type ComposerHandle = { focus(mode: Mode): void };
type Props = {
  ref: Ref<ComposerHandle>;
  thread: Thread;
  line: Line | null;
  stands: Standing;
  allowance: Allowance | null;
};

export function Composer({ ref, thread, line, stands, allowance }: Props) {
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

  useHeight(field, text);

  const change = (next: string) => {
    setText(next);
    if (mode === "reply") typing(next !== "" && !next.startsWith("/"));
  };

  const send = async (words = text) => {
    const clean = words.trim();
    if (!clean || over > 0) return;
    if (mode === "note" ? !(await saveNote(clean)) : lock !== null) return;
    if (mode === "reply") thread.write(clean);
    if (words === text) setText(""); // a suggestion that was taken leaves what is being written alone
    typing(false);
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
      <Help
        ref={picker}
        thread={thread}
        mode={mode}
        text={text}
        locked={lock !== null}
        onTake={(words) => void send(words)}
        onWrite={(words) => {
          setText(words);
          field.current?.focus();
        }}
        onMention={mention}
      />
      <ModeTabs
        mode={mode}
        locked={lock !== null}
        aside={<AllowanceLeft allowance={allowance} />}
        told={over > 0 ? said.over(over) : uploading ? said.uploading : ""}
        onChoose={(next) => {
          setMode(next);
          field.current?.focus();
        }}
      />
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

type HelpProps = {
  ref: Ref<PickerHandle>;
  thread: Thread;
  mode: Mode;
  text: string;
  locked: boolean;
  onTake: (text: string) => void;
  onWrite: (text: string) => void;
  onMention: (who: Named) => void;
};

/** What helps writing: suggestions, canned replies after "/", colleagues after "@". */
function Help({ ref, thread, mode, text, locked, onTake, onWrite, onMention }: HelpProps) {
  if (mode === "note") {
    return (
      <MentionPicker
        ref={ref}
        text={text}
        onPick={(who, words) => {
          onMention(who);
          onWrite(words);
        }}
      />
    );
  }
  if (locked) return null;
  if (text.startsWith("/")) {
    return (
      <CannedPicker ref={ref} conversation={thread.conversation} typed={text.slice(1)} onPick={onWrite} />
    );
  }
  return <Suggestions thread={thread} onTake={onTake} onEdit={onWrite} />;
}
