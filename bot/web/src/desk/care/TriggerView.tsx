import { useEffect, useState } from "react";
import type { Trigger } from "../client/care";
import { useAttempt, useClient, useSay, useStrings } from "../context";
import { when } from "../format";
import { BackIcon } from "../icons";
import { go } from "../router";
import { PreviewList } from "./PreviewList";
import { TestSend } from "./TestSend";
import { TextEditor } from "./TextEditor";

type Props = { trigger: Trigger; onChanged: () => void };

/** One trigger: its words, its hold-out group, whom it would reach now, and a test. */
export function TriggerView({ trigger, onChanged }: Props) {
  const strings = useStrings();
  const said = strings.care;
  const [text, setText] = useState(trigger.text);
  useEffect(() => setText(trigger.text), [trigger.text]);
  return (
    <section className="page board-one" aria-label={trigger.title}>
      <header className="page-head">
        <button type="button" className="btn small quiet" onClick={() => go("care")}>
          <BackIcon size={15} />
          {said.back}
        </button>
        <h2>{trigger.title}</h2>
        <p className="page-sub">
          {said.audiences[trigger.audience]}
          {trigger.goal && ` · ${said.goal(trigger.goal)}`}
          {trigger.changed_by && ` · ${said.changed(trigger.changed_by, when(trigger.changed_at, strings))}`}
        </p>
      </header>
      <div className="board-body">
        <TextEditor trigger={trigger} text={text} onWrite={setText} onChanged={onChanged} />
        {trigger.audience !== "service" && <HoldOut trigger={trigger} onChanged={onChanged} />}
        <h3>{said.testSend}</h3>
        <TestSend name={trigger.name} text={text === trigger.text ? null : text} />
        <h3>{said.preview}</h3>
        <PreviewList name={trigger.name} version={`${trigger.text} ${trigger.on} ${trigger.hold_out}`} />
      </div>
    </section>
  );
}

function HoldOut({ trigger, onChanged }: Props) {
  const client = useClient();
  const attempt = useAttempt();
  const say = useSay();
  const { care: said, office } = useStrings();
  const save = async (hold_out: number) => {
    const path = `care/triggers/${trigger.name}/hold_out`;
    if (!(await attempt(() => client.http.put<Trigger>(path, { hold_out })))) return;
    say(office.settings.saved);
    onChanged();
  };
  return (
    <form
      key={trigger.hold_out}
      className="care-holdout"
      onSubmit={(event) => {
        event.preventDefault();
        void save(Number(new FormData(event.currentTarget).get("share")));
      }}
    >
      <label className="field row">
        <span>{said.holdOut}</span>
        <input name="share" type="number" min={0} max={50} defaultValue={trigger.hold_out} required />
      </label>
      <small>{said.holdOutHint}</small>
      <button type="submit" className="btn small">
        {office.settings.save}
      </button>
    </form>
  );
}
