import type { CareEntry, Overview } from "../client/care";
import { query } from "../client/http";
import { useAttempt, useClient, useStrings } from "../context";
import { when } from "../format";
import { useLoaded } from "../parts/useLoaded";

type Page = { entries: CareEntry[]; next: string | null };

/** Who changed what about care, newest first. */
export function CareAudit({ overview }: { overview: Overview }) {
  const client = useClient();
  const attempt = useAttempt();
  const strings = useStrings();
  const { care: said, office } = strings;
  const { value, set } = useLoaded<Page>("care/audit");
  const title = (name: string | null) =>
    overview.triggers.find((one) => one.name === name)?.title ?? name ?? "";
  const more = async () => {
    const page = await attempt(() => client.http.get<Page>(query("care/audit", { cursor: value?.next })));
    if (page && value) set({ next: page.next, entries: [...value.entries, ...page.entries] });
  };
  return (
    <div className="table-box">
      <table className="table">
        <thead>
          <tr>
            {["at", "agent", "kind", "subject", "data"].map((name) => (
              <th key={name}>{office.settings.fields[name]}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {value?.entries.map(({ id, at, actor, action, trigger, before, after }) => (
            <tr key={id}>
              <td className="nowrap">{when(at, strings)}</td>
              <td className="nowrap">{actor}</td>
              <td className="nowrap">{said.actions[action] ?? action}</td>
              <td className="nowrap">{title(trigger)}</td>
              <td>
                <span className="audit-data">{[before, after].map(plain).filter(Boolean).join(" → ")}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {value?.entries.length === 0 && <p className="quiet-note">{office.settings.empty}</p>}
      {value?.next && (
        <button type="button" className="btn list-more" onClick={more}>
          {strings.list.more}
        </button>
      )}
    </div>
  );
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
