import { useState } from "react";
import { query } from "../client/http";
import { useAttempt, useClient, useStrings } from "../context";
import { when } from "../format";
import { useLoaded } from "../parts/useLoaded";

type Logged = {
  at: string;
  agent: string | { name: string } | null;
  kind: string;
  subject: string | null;
  data: Record<string, unknown> | null;
  address: string | null;
};
type Page = { entries: Logged[]; next: string | null };

export function Audit() {
  const client = useClient();
  const attempt = useAttempt();
  const strings = useStrings();
  const said = strings.office.settings;
  const [kind, setKind] = useState("");
  const { value, set } = useLoaded<Page>(query("audit", { kind }));
  const more = async () => {
    const page = await attempt(() => client.http.get<Page>(query("audit", { kind, cursor: value?.next })));
    if (page && value) set({ next: page.next, entries: [...value.entries, ...page.entries] });
  };
  return (
    <section className="card wide">
      <header className="card-head">
        <h2>{said.tabs.audit}</h2>
        <select aria-label={said.fields.kind} value={kind} onChange={(event) => setKind(event.target.value)}>
          <option value="">{said.anyKind}</option>
          {Object.entries(strings.office.names.audit).map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
      </header>
      <div className="table-box">
        <table className="table">
          <thead>
            <tr>
              {["at", "agent", "kind", "subject", "data", "address"].map((name) => (
                <th key={name}>{said.fields[name]}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {value?.entries.map((one, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a log is only added to, and has no ids
              <tr key={index}>
                <td className="nowrap">{when(one.at, strings)}</td>
                <td className="nowrap">{typeof one.agent === "string" ? one.agent : one.agent?.name}</td>
                <td className="nowrap">{strings.office.names.audit[one.kind] ?? one.kind}</td>
                <td>{one.subject}</td>
                <td>
                  <span className="audit-data">{told(one.data ?? {})}</span>
                </td>
                <td>{one.address}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {value?.next && (
          <button type="button" className="btn list-more" onClick={more}>
            {strings.list.more}
          </button>
        )}
      </div>
    </section>
  );
}

/** `{"duty": ["off", "on"]}` → "duty: off → on". */
export function told(data: Record<string, unknown>): string {
  return Object.entries(data)
    .map(([name, value]) => {
      const pair = Array.isArray(value) && value.length === 2;
      return `${name}: ${pair ? value.map(plain).join(" → ") : plain(value)}`;
    })
    .join("; ");
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
