import type { ReactNode } from "react";
import type { CareCard, Customer } from "../client/customer";
import { useDesk, useStrings } from "../context";
import { count, money, nameOf, when } from "../format";
import { href } from "../router";

const ORDERS = 5;
const TICKETS = 8;
const VISITS = 3;

/** What is open with a customer, what they own and bought, what they allow and how content they were. */
export function Matters({ customer }: { customer: Customer }) {
  const strings = useStrings();
  const { names, side: said } = strings.office;
  const { complaints = [], care_cards: cards = [], orders = [] } = customer;
  return (
    <>
      <Part title={said.complaints} empty={complaints.length === 0}>
        {complaints.map(({ number, subject, state, state_text }) => (
          <li key={number}>
            <a href={href("complaints", number)}>{subject}</a>
            <small>
              {number} · {names.complaint[state] ?? state_text}
            </small>
          </li>
        ))}
      </Part>
      <CareCards cards={cards} />
      <Part title={said.orders} empty={orders.length === 0}>
        {orders.slice(0, ORDERS).map(({ number, state, total, placed_at, items }) => (
          <li key={number}>
            <span>{items.map(({ name, quantity }) => `${name} ×${quantity}`).join("，") || number}</span>
            <small>
              ¥{money(total)} · {names.order[state] ?? state} · {when(placed_at, strings)}
            </small>
          </li>
        ))}
      </Part>
      <Wishes customer={customer} />
    </>
  );
}

/** The care card of each thing the customer owns: what is due next, and what was done last. */
function CareCards({ cards }: { cards: CareCard[] }) {
  const strings = useStrings();
  const { side: said } = strings.office;
  if (cards.length === 0) return null;
  return (
    <Part title={said.careCards}>
      {cards.map(({ number, kind, model, meter, meter_unit, next, visits }) => (
        <li key={number} className="care-card">
          <span>
            {kind} {model}
            <small>
              {number}
              {meter !== null && ` · ${count(meter)} ${meter_unit ?? ""}`}
            </small>
          </span>
          {next.map(({ name, due_on, due_meter, overdue, expected }) => (
            <small key={name} data-mood={overdue ? "bad" : undefined}>
              {said.next(name)}
              {overdue ? said.overdue : ""} {due_on && (expected ? said.about(due_on) : due_on)}
              {due_meter !== null && ` ${count(due_meter)} ${meter_unit ?? ""}`}
            </small>
          ))}
          {visits.slice(0, VISITS).map(({ at, text }) => (
            <small key={`${at}${text}`}>
              {when(at, strings)} {text}
            </small>
          ))}
        </li>
      ))}
    </Part>
  );
}

/** Consents and ratings. */
function Wishes({ customer: { consents = [], feedback = [] } }: { customer: Customer }) {
  const strings = useStrings();
  const { names, side: said } = strings.office;
  return (
    <>
      {consents.length > 0 && (
        <Part title={said.consents}>
          {consents.map(({ purpose, channel, decision, at }) => (
            <li key={`${purpose}${channel}${at}`} className="pair">
              <span>{names.purpose[purpose] ?? purpose}</span>
              <small data-mood={decision === "given" ? "good" : "bad"}>
                {names.decision[decision] ?? decision}
                {channel && channel !== "any" && ` · ${names.channel[channel] ?? channel}`}
              </small>
            </li>
          ))}
        </Part>
      )}
      {feedback.length > 0 && (
        <Part title={said.feedback}>
          {feedback.map(({ score, tags, at }) => (
            <li key={at} className="pair">
              <span className="stars">{"★".repeat(score ?? 0)}</span>
              <small>
                {tags.join("、")} {when(at, strings)}
              </small>
            </li>
          ))}
        </Part>
      )}
    </>
  );
}

/** Earlier conversations with a person. */
export function Earlier({ customer: { tickets = [] } }: { customer: Customer }) {
  const strings = useStrings();
  const { settings } = useDesk();
  return (
    <Part title={strings.office.side.tickets} empty={tickets.length === 0}>
      {tickets.slice(0, TICKETS).map(({ id, topic, opened_at, close_reason }) => (
        <li key={id} className="pair">
          <a href={href("all", id)}>
            #{id} {nameOf(settings?.topics, topic)}
          </a>
          <small>
            {nameOf(settings?.close_reasons, close_reason)} {when(opened_at, strings)}
          </small>
        </li>
      ))}
    </Part>
  );
}

type PartProps = { title: string; empty?: boolean; children: ReactNode };

function Part({ title, empty = false, children }: PartProps) {
  const { office } = useStrings();
  return (
    <section className="side-part">
      <h3>{title}</h3>
      {empty ? <p className="quiet-note">{office.side.none}</p> : <ul className="plain">{children}</ul>}
    </section>
  );
}
