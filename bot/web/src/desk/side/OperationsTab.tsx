import { type FormEvent, useId, useState } from "react";
import { uuid } from "../../chat/outbox";
import { type Operation, type OperationField, type Operations, paramsOf } from "../client/customer";
import { useAttempt, useClient, useSay, useStrings } from "../context";
import { useLoaded } from "../parts/useLoaded";

type Kind = Operations["may"][number];

/** `changes` counts what happened to operations so far. */
type TabProps = { conversation: string; mine: boolean; changes: number };

/** What may be done for the customer; where money or points move, they confirm it in the chat. */
export function OperationsTab({ conversation, mine, changes }: TabProps) {
  const client = useClient();
  const attempt = useAttempt();
  const { office } = useStrings();
  const said = office.operations;
  const path = `conversations/${conversation}/operations`;
  const { value, reload } = useLoaded<Operations>(path, `${mine} ${changes}`);
  const [chosen, setChosen] = useState<string>("");
  const kind = value?.may.find((one) => one.kind === chosen);
  const withdraw = async (id: number) => {
    await attempt(() => client.http.post(`operations/${id}/withdraw`));
    reload();
  };
  if (!value) return <p className="quiet-note">{office.settings.loading}</p>;
  return (
    <>
      {mine && value.may.length > 0 ? (
        <label className="field">
          <span className="sr">{said.choose}</span>
          <select value={chosen} onChange={(event) => setChosen(event.target.value)}>
            <option value="">{said.choose}</option>
            {value.may.map((one) => (
              <option key={one.kind} value={one.kind}>
                {one.title}
              </option>
            ))}
          </select>
        </label>
      ) : (
        <p className="quiet-note">{said.none}</p>
      )}
      {mine &&
        kind &&
        (kind.why_not ? (
          <p className="quiet-note">{kind.why_not}</p>
        ) : (
          <Offer key={kind.kind} kind={kind} path={path} onDone={reload} />
        ))}
      <ul className="operations">
        {value.operations.map((one) => (
          <Item key={one.id} operation={one} mine={mine} onWithdraw={() => withdraw(one.id)} />
        ))}
      </ul>
    </>
  );
}

function Item(props: { operation: Operation; mine: boolean; onWithdraw: () => void }) {
  const { office } = useStrings();
  const said = office.operations;
  const { title, state, result, by } = props.operation;
  return (
    <li>
      <b>{title}</b>
      <span className="state" data-state={state}>
        {said.state[state] ?? state}
      </span>
      <small>
        {by.name} {result}
      </small>
      {props.mine && state === "offered" && (
        <button type="button" className="btn small" onClick={props.onWithdraw}>
          {said.withdraw}
        </button>
      )}
    </li>
  );
}

function Offer({ kind, path, onDone }: { kind: Kind; path: string; onDone: () => void }) {
  const client = useClient();
  const attempt = useAttempt();
  const say = useSay();
  const { office } = useStrings();
  const said = office.operations;
  const [client_id, renew] = useState(uuid);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const params = paramsOf(kind.fields, new FormData(form));
    const done = await attempt(() => client.http.post(path, { kind: kind.kind, params, client_id }));
    if (!done) return;
    form.reset();
    renew(uuid());
    say(kind.needs_customer ? said.offered : (said.state.done ?? ""));
    onDone();
  };
  return (
    <form className="question" onSubmit={submit}>
      {kind.fields.map((field) => (
        <Field key={field.name} field={field} />
      ))}
      {kind.needs_customer && <p className="quiet-note">{said.confirm}</p>}
      <button type="submit" className="btn primary">
        {kind.needs_customer ? said.offer : said.apply}
      </button>
    </form>
  );
}

function Field({ field }: { field: OperationField }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{field.label}</label>
      <Control id={id} field={field} />
    </div>
  );
}

function Control({ id, field }: { id: string; field: OperationField }) {
  const { name, type, options, required = true } = field;
  const shared = { id, name, required };
  if (options && options.length > 0) {
    return (
      <select {...shared}>
        {options.map((one) => {
          const [value, text] = typeof one === "string" ? [one, one] : [one.value, one.label];
          return (
            <option key={value} value={value}>
              {text}
            </option>
          );
        })}
      </select>
    );
  }
  if (type === "text") return <textarea rows={3} {...shared} />;
  const number = type === "points" || type === "money";
  return <input type={number ? "number" : "text"} min={0} step={type === "money" ? "0.01" : 1} {...shared} />;
}
