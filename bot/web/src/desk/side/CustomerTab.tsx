import { type ReactNode, useState } from "react";
import { ShieldIcon } from "../../ui/icons";
import type { Customer } from "../client/customer";
import { useAttempt, useClient, useDesk, useStrings } from "../context";
import { count, money, nameOf, when } from "../format";
import { EyeIcon } from "../icons";
import { useLoaded } from "../parts/useLoaded";
import { href } from "../router";

/** Who the customer is. Opening it is logged, and so is each number that is unmasked. */
export function CustomerTab({ conversation, verified }: { conversation: string; verified: boolean }) {
  const { office, list } = useStrings();
  const said = office.side;
  const { value: customer, failed } = useLoaded<Customer>(`conversations/${conversation}/customer`, verified);
  if (failed) return <p className="quiet-note">{said.failed}</p>;
  if (!customer) return <p className="quiet-note">{office.settings.loading}</p>;
  if (!customer.known) {
    return (
      <>
        <p className="side-unknown">
          <b>{said.unknown}</b>
          <span>{said.unknownHint}</span>
        </p>
        <Earlier customer={customer} />
      </>
    );
  }
  return (
    <>
      <header className="side-who">
        <h3>{customer.name}</h3>
        {customer.tier && <span className="tier-badge">{customer.tier}</span>}
        {customer.key_account && <span className="vip">{list.vip}</span>}
        <p data-good={customer.verified}>
          <ShieldIcon size={14} />
          {customer.verified ? said.verified : said.unverified}
        </p>
      </header>
      <dl className="facts">
        {(["name", "phone", "member_number"] as const).map(
          (field) =>
            customer[field] && (
              <Masked
                key={field}
                conversation={conversation}
                field={field}
                value={customer[field] ?? ""}
                may={customer.may_unmask?.includes(field) ?? false}
              />
            ),
        )}
        {customer.manager && (
          <div>
            <dt>{said.manager}</dt>
            <dd>
              {customer.manager.name} {customer.manager.phone}
            </dd>
          </div>
        )}
      </dl>
      <Holdings customer={customer} />
      <Matters customer={customer} />
      <Earlier customer={customer} />
    </>
  );
}

type MaskedProps = { conversation: string; field: string; value: string; may: boolean };

function Masked({ conversation, field, value, may }: MaskedProps) {
  const client = useClient();
  const attempt = useAttempt();
  const { office } = useStrings();
  const [whole, setWhole] = useState<string | null>(null);
  const label = office.side.fields[field] ?? field;
  const unmask = async () => {
    const path = `conversations/${conversation}/customer/unmask`;
    const found = await attempt(() => client.http.post<{ value: string }>(path, { field }));
    if (found) setWhole(found.value);
  };
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {whole ?? value}
        {may && whole === null && (
          <button
            type="button"
            className="icon-btn tiny"
            aria-label={office.side.unmask(label)}
            title={office.side.unmask(label)}
            onClick={unmask}
          >
            <EyeIcon size={15} />
          </button>
        )}
      </dd>
    </div>
  );
}

function Holdings({ customer: { points, balance } }: { customer: Customer }) {
  const { office } = useStrings();
  const said = office.side;
  return (
    <section className="holdings">
      {points && (
        <div>
          <h3>{said.points}</h3>
          <b>{count(points.total)}</b>
          {points.expiring.slice(0, 2).map(({ points: some, on }) => (
            <small key={on}>{said.expiring(count(some), on)}</small>
          ))}
        </div>
      )}
      {balance && (
        <div>
          <h3>{said.balance}</h3>
          <b>¥{money(balance.total)}</b>
          {balance.cards.map(({ number, type, principal, bonus }) => (
            <small key={number}>
              {type} {number} ¥{money(principal + bonus)}
            </small>
          ))}
        </div>
      )}
    </section>
  );
}

function Matters({ customer }: { customer: Customer }) {
  const strings = useStrings();
  const said = strings.office.side;
  const { complaints = [], orders = [], consents = [], feedback = [] } = customer;
  return (
    <>
      <Part title={said.complaints} empty={complaints.length === 0}>
        {complaints.map(({ number, subject, state_text }) => (
          <li key={number}>
            <a href={href("complaints", number)}>{subject}</a>
            <small>
              {number} · {state_text}
            </small>
          </li>
        ))}
      </Part>
      <Part title={said.orders} empty={orders.length === 0}>
        {orders.slice(0, 5).map(({ number, state, total, placed_at, items }) => (
          <li key={number}>
            <span>{items.map(({ name, quantity }) => `${name} ×${quantity}`).join("，") || number}</span>
            <small>
              ¥{money(total)} · {state} · {when(placed_at, strings)}
            </small>
          </li>
        ))}
      </Part>
      {consents.length > 0 && (
        <Part title={said.consents} empty={false}>
          {consents.map(({ purpose, channel, decision, at }) => (
            <li key={`${purpose}${channel}${at}`}>
              <span>
                {purpose} {channel}
              </span>
              <small>
                {typeof decision === "boolean" ? (decision ? said.granted : said.denied) : decision}
              </small>
            </li>
          ))}
        </Part>
      )}
      {feedback.length > 0 && (
        <Part title={said.feedback} empty={false}>
          {feedback.map(({ score, tags, at }) => (
            <li key={at}>
              <span>{"★".repeat(score ?? 0)}</span>
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

function Earlier({ customer: { tickets = [] } }: { customer: Customer }) {
  const strings = useStrings();
  const { settings } = useDesk();
  return (
    <Part title={strings.office.side.tickets} empty={tickets.length === 0}>
      {tickets.slice(0, 8).map(({ id, topic, opened_at, close_reason }) => (
        <li key={id}>
          <a href={href("all", id)}>
            #{id} {nameOf(settings?.topics, topic)}
          </a>
          <small>
            {when(opened_at, strings)} {nameOf(settings?.close_reasons, close_reason)}
          </small>
        </li>
      ))}
    </Part>
  );
}

function Part({ title, empty, children }: { title: string; empty: boolean; children: ReactNode }) {
  const { office } = useStrings();
  return (
    <section className="side-part">
      <h3>{title}</h3>
      {empty ? <p className="quiet-note">{office.side.none}</p> : <ul className="plain">{children}</ul>}
    </section>
  );
}
