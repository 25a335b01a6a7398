import { useState } from "react";
import type { ComplaintRow } from "../client/customer";
import { query } from "../client/http";
import { useAttempt, useClient, useStrings } from "../context";
import { when } from "../format";
import { Deadline } from "../parts/Deadline";
import { useLoaded } from "../parts/useLoaded";
import { go, href } from "../router";
import { ComplaintView } from "./ComplaintView";

type View = "due" | "overdue" | "mine" | "all";
type Page = {
  complaints: ComplaintRow[];
  next: string | null;
  counts: { unanswered: number; overdue: number; open: number };
};
const VIEWS: View[] = ["due", "overdue", "mine", "all"];
const SOON_MS = 4 * 3_600_000;

/** Every complaint with its clock, the nearest first; the chosen one beside it. */
export function Board({ number }: { number: string | null }) {
  const client = useClient();
  const attempt = useAttempt();
  const strings = useStrings();
  const said = strings.office.complaints;
  const [view, setView] = useState<View>("due");
  const { value, reload, set } = useLoaded<Page>(query("complaints", { view }));
  const more = async () => {
    const page = await attempt(() =>
      client.http.get<Page>(query("complaints", { view, cursor: value?.next })),
    );
    if (page && value) set({ ...page, complaints: [...value.complaints, ...page.complaints] });
  };
  return (
    <div className="board" data-chosen={number !== null}>
      <section className="page board-list" aria-label={said.title}>
        <header className="page-head">
          <h1>{said.title}</h1>
          {value && (
            <p className="page-sub">
              {said.counts(value.counts.unanswered, value.counts.overdue, value.counts.open)}
            </p>
          )}
          <div className="segments">
            {VIEWS.map((one) => (
              <button key={one} type="button" aria-pressed={view === one} onClick={() => setView(one)}>
                {said.views[one]}
              </button>
            ))}
          </div>
        </header>
        <div className="table-box">
          <table className="table">
            <thead>
              <tr>
                <th>{said.clock}</th>
                <th>{said.subject}</th>
                <th>{said.customer}</th>
                <th>{said.state}</th>
                <th>{said.owner}</th>
              </tr>
            </thead>
            <tbody>
              {value?.complaints.map((one) => (
                <tr
                  key={one.number}
                  aria-selected={one.number === number}
                  onClick={() => go("complaints", one.number)}
                >
                  <td>
                    <Clock row={one} />
                  </td>
                  <td>
                    <a href={href("complaints", one.number)}>{one.subject}</a>
                    <small>{one.number}</small>
                    {one.green_channel && <em className="tag kind">{said.green}</em>}
                    {Boolean(Number(one.escalation)) && (
                      <em className="tag">{said.escalation(Number(one.escalation))}</em>
                    )}
                  </td>
                  <td>
                    {one.customer?.name}
                    {one.customer?.tier && <small>{one.customer.tier}</small>}
                  </td>
                  <td>
                    <span className="state" data-state={one.state}>
                      {strings.office.names.complaint[one.state] ?? one.state_text}
                    </span>
                  </td>
                  <td>{typeof one.owner === "string" ? one.owner : one.owner?.name}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {value?.complaints.length === 0 && <p className="quiet-note">{said.empty}</p>}
          {value?.next && (
            <button type="button" className="btn list-more" onClick={more}>
              {strings.list.more}
            </button>
          )}
        </div>
      </section>
      {number !== null && <ComplaintView key={number} number={number} onChanged={reload} />}
    </div>
  );
}

export function Clock({ row }: { row: ComplaintRow }) {
  const strings = useStrings();
  const said = strings.office.complaints;
  const { first_reply_at, first_reply_due, overdue } = row;
  if (first_reply_at) {
    const late = overdue || (first_reply_due !== null && first_reply_at > first_reply_due);
    return (
      <span className="deadline" data-mood={late ? "soon" : "kept"} title={when(first_reply_at, strings)}>
        {late ? said.repliedLate : said.replied}
      </span>
    );
  }
  if (!first_reply_due) return null;
  return (
    <Deadline
      due={first_reply_due}
      soonMs={SOON_MS}
      label={strings.list.complaint}
      lateLabel={strings.list.complaintLate}
    />
  );
}
