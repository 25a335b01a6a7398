import { type FormEvent, useState } from "react";
import type { Explained, Overview, Past } from "../client/care";
import { query } from "../client/http";
import { useAttempt, useClient, useStrings } from "../context";
import { when } from "../format";
import { Outcome } from "./PreviewList";

/** One customer: what would be sent now, what not and why, and what was. */
export function Explain({ overview }: { overview: Overview }) {
  const client = useClient();
  const attempt = useAttempt();
  const { care: said } = useStrings();
  const [found, setFound] = useState<Explained | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const customer = String(new FormData(event.currentTarget).get("customer") ?? "").trim();
    setFound((await attempt(() => client.http.get<Explained>(query("care/explain", { customer })))) ?? null);
  };
  return (
    <>
      <form className="care-test" onSubmit={submit}>
        <input name="customer" required placeholder={said.customer} aria-label={said.customer} />
        <button type="submit" className="btn">
          {said.look}
        </button>
      </form>
      {found && (
        <div className="care-explained">
          <section className="card">
            <h2>
              {said.now}
              <small>
                {found.customer.name} {found.customer.member_number}
              </small>
            </h2>
            {found.now.length === 0 && <p className="quiet-note">{said.nothingNow}</p>}
            <ul className="care-samples">
              {found.now.map((one) => (
                <li key={`${one.trigger} ${one.key}`}>
                  <header>
                    <b>{one.title}</b>
                    <Outcome foreseen={one} />
                  </header>
                  {one.text && <p>{one.text}</p>}
                </li>
              ))}
            </ul>
          </section>
          <section className="card">
            <h2>{said.past}</h2>
            {found.past.length === 0 && <p className="quiet-note">{said.nothingPast}</p>}
            <ul className="care-samples">
              {found.past.map((one) => (
                <PastItem key={`${one.trigger} ${one.key}`} past={one} overview={overview} />
              ))}
            </ul>
          </section>
        </div>
      )}
    </>
  );
}

function PastItem({ past, overview }: { past: Past; overview: Overview }) {
  const strings = useStrings();
  const { care: said } = strings;
  const title = overview.triggers.find(({ name }) => name === past.trigger)?.title ?? past.trigger;
  return (
    <li>
      <header>
        <b>{title}</b>
        <span className="state">{said.outcomes[past.state] ?? past.state}</span>
        <small>{when(past.sent_at ?? past.planned_at, strings)}</small>
      </header>
      {past.text && <p>{past.text}</p>}
      {past.problem && <small data-mood="bad">{past.problem}</small>}
      <ol className="care-decisions">
        {past.decisions.map(({ at, outcome, reason, until }) => (
          <li key={`${at}${outcome}`}>
            {when(at, strings)} {said.outcomes[outcome] ?? outcome}
            {reason && `：${overview.reasons[reason] ?? reason}`}
            {until && ` · ${said.until(when(until, strings))}`}
          </li>
        ))}
      </ol>
    </li>
  );
}
