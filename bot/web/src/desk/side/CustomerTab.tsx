import { useState } from "react";
import { ShieldIcon } from "../../ui/icons";
import type { Customer } from "../client/customer";
import { useAttempt, useClient, useStrings } from "../context";
import { count, money } from "../format";
import { EyeIcon } from "../icons";
import { useLoaded } from "../parts/useLoaded";
import { Earlier, Matters } from "./Matters";

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
          {points.expiring.slice(0, 3).map(({ points: some, on }) => (
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
