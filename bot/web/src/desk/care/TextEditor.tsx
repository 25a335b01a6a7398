import { useEffect, useId, useRef, useState } from "react";
import { inserted, type Trigger } from "../client/care";
import { useAttempt, useClient, useSay, useStrings } from "../context";

const PAUSE_MS = 300;

type Check = { good: boolean; problem: string | null };
type Props = {
  trigger: Trigger;
  text: string;
  onWrite: (text: string) => void;
  onChanged: () => void;
};

/** The words of a trigger; what may stand in braces is one click away, what is wrong is said while typing. */
export function TextEditor({ trigger, text, onWrite, onChanged }: Props) {
  const client = useClient();
  const attempt = useAttempt();
  const say = useSay();
  const { care: said, office } = useStrings();
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const problem = useProblem(trigger, text);
  const path = `care/triggers/${trigger.name}/text`;

  const save = async (words: string | null) => {
    if (!(await attempt(() => client.http.put<Trigger>(path, { text: words })))) return;
    say(office.settings.saved);
    onChanged();
  };
  const insert = (placeholder: string) => {
    const at = field.current?.selectionStart ?? text.length;
    const [next, cursor] = inserted(text, placeholder, at);
    onWrite(next);
    setTimeout(() => {
      field.current?.focus();
      field.current?.setSelectionRange(cursor, cursor);
    });
  };

  return (
    <form
      className="question"
      onSubmit={(event) => {
        event.preventDefault();
        void save(text);
      }}
    >
      <div className="field">
        <label htmlFor={id}>{said.text}</label>
        <textarea
          ref={field}
          id={id}
          rows={5}
          value={text}
          required
          aria-invalid={problem !== null}
          aria-describedby={`${id}-problem`}
          onChange={(event) => onWrite(event.target.value)}
        />
        <p id={`${id}-problem`} className="care-problem" role="status">
          {problem}
        </p>
      </div>
      <ul className="care-placeholders" aria-label={said.placeholders}>
        {trigger.placeholders.map((one) => (
          <li key={one}>
            <button type="button" onClick={() => insert(one)}>{`{${one}}`}</button>
          </li>
        ))}
      </ul>
      <p className="quiet-note">
        {said.textHint}
        <br />
        {trigger.way_out && (
          <>
            {said.wayOut(trigger.way_out)}
            <br />
          </>
        )}
        {said.brief(trigger.brief)}
      </p>
      <footer>
        {trigger.own_text && (
          <button type="button" className="btn quiet" onClick={() => save(null)}>
            {said.restore}
          </button>
        )}
        <button type="submit" className="btn primary" disabled={problem !== null || text === trigger.text}>
          {office.settings.save}
        </button>
      </footer>
    </form>
  );
}

/** What is wrong with a text, as the server sees it; null: nothing. */
function useProblem(trigger: Trigger, text: string): string | null {
  const client = useClient();
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    if (text === trigger.text) {
      setProblem(null);
      return;
    }
    let current = true;
    const timer = setTimeout(() => {
      client.http.post<Check>(`care/triggers/${trigger.name}/check`, { text }).then(
        (found) => current && setProblem(found.problem),
        () => {}, // saving says it again
      );
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [client, trigger, text]);
  return problem;
}
