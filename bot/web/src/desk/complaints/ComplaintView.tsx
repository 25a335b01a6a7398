import { type FormEvent, useState } from "react";
import { uuid } from "../../chat/outbox";
import type { ComplaintFile } from "../client/customer";
import { useAttempt, useClient, useStrings } from "../context";
import { when } from "../format";
import { BackIcon } from "../icons";
import { useLoaded } from "../parts/useLoaded";
import { go } from "../router";
import { Clock } from "./Board";

type Answer = { complaint: ComplaintFile };

/** One complaint: what the customer said, what was done, and what can be done next. */
export function ComplaintView({ number, onChanged }: { number: string; onChanged: () => void }) {
  const strings = useStrings();
  const said = strings.office.complaints;
  const path = `complaints/${encodeURIComponent(number)}`;
  const { value, failed, set } = useLoaded<Answer>(path);
  const { complaint } = value ?? {};
  return (
    <section className="page board-one" aria-label={number}>
      <header className="page-head">
        <button type="button" className="btn small quiet" onClick={() => go("complaints")}>
          <BackIcon size={15} />
          {said.back}
        </button>
        {complaint && (
          <>
            <h2>{complaint.subject}</h2>
            <p className="page-sub">
              {complaint.number} · {strings.office.names.complaint[complaint.state] ?? complaint.state_text} ·{" "}
              {complaint.customer?.name}
            </p>
            <Clock row={complaint} />
          </>
        )}
      </header>
      {failed && <p className="quiet-note">{strings.failed}</p>}
      {complaint && (
        <div className="board-body">
          <h3>{said.body}</h3>
          <blockquote>{complaint.body}</blockquote>
          <StepForm
            path={path}
            steps={complaint.steps}
            onDone={(next) => {
              set({ complaint: next });
              onChanged();
            }}
          />
          <h3>{said.timeline}</h3>
          <ol className="steps">
            {[...complaint.timeline].reverse().map(({ at, step, text, actor, actor_kind, public: open }) => (
              <li key={`${at}${step}${text}`} data-public={open}>
                <p>{text}</p>
                <small>
                  {when(at, strings)} {actor_kind === "customer" ? strings.talk.customer : actor}{" "}
                  {open ? "" : said.internal}
                </small>
              </li>
            ))}
          </ol>
        </div>
      )}
    </section>
  );
}

type FormProps = { path: string; steps: string[]; onDone: (complaint: ComplaintFile) => void };

function StepForm({ path, steps, onDone }: FormProps) {
  const client = useClient();
  const attempt = useAttempt();
  const { office } = useStrings();
  const said = office.complaints;
  const [step, setStep] = useState(usual(steps));
  const [client_id, renew] = useState(uuid);
  if (steps.length === 0) return null;
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const text = String(new FormData(form).get("text") ?? "").trim();
    const done = await attempt(() =>
      client.http.post<Answer | ComplaintFile>(`${path}/steps`, { step, text, client_id }),
    );
    if (!done) return;
    form.reset();
    renew(uuid());
    const next = "complaint" in done ? done.complaint : done;
    setStep(usual(next.steps));
    onDone(next);
  };
  return (
    <form className="question step-form" onSubmit={submit}>
      <fieldset className="segments" aria-label={said.step}>
        {steps.map((one) => (
          <button key={one} type="button" aria-pressed={step === one} onClick={() => setStep(one)}>
            {said.steps[one] ?? one}
          </button>
        ))}
      </fieldset>
      <label className="field">
        <span>{said.text}</span>
        <textarea name="text" rows={4} required />
      </label>
      {step === "reply" && <p className="quiet-note">{said.replyHint}</p>}
      <button type="submit" className="btn primary">
        {said.submit}
      </button>
    </form>
  );
}

/** What an agent mostly wants: to answer. */
function usual(steps: readonly string[]): string {
  return steps.includes("reply") ? "reply" : (steps[0] ?? "");
}
