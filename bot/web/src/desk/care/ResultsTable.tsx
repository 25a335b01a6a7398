import { useState } from "react";
import { type Overview, type Results, sum, type Trigger, type TriggerResults } from "../client/care";
import { query } from "../client/http";
import { useStrings } from "../context";
import { count, share } from "../format";
import { useLoaded } from "../parts/useLoaded";
import { lastDays } from "../reports/table";

/** What came of each trigger within a time, beside who was deliberately not told. */
export function ResultsTable({ overview }: { overview: Overview }) {
  const strings = useStrings();
  const { care: said, office } = strings;
  const [range, setRange] = useState(() => lastDays(30));
  const [open, setOpen] = useState<string | null>(null);
  const moments = { from: startOf(range.from, 0), to: startOf(range.to, 1) };
  const { value } = useLoaded<Results>(query("care/results", moments));
  const known = (name: string) => overview.triggers.find((one) => one.name === name);
  const rows = value?.triggers.filter(({ planned }) => planned > 0) ?? [];
  return (
    <>
      <div className="page-tools care-range">
        {(["from", "to"] as const).map((end) => (
          <label key={end}>
            {office.reports[end]}
            <input
              type="date"
              value={range[end]}
              onChange={(event) => event.target.value && setRange({ ...range, [end]: event.target.value })}
            />
          </label>
        ))}
      </div>
      <div className="table-box">
        <table className="table numbers">
          <thead>
            <tr>
              <th>{said.trigger}</th>
              {said.counts.map(([name, label]) => (
                <th key={name}>{label}</th>
              ))}
              <th>{said.effect}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row
                key={row.trigger}
                row={row}
                trigger={known(row.trigger)}
                reasons={open === row.trigger ? overview.reasons : null}
                onOpen={() => setOpen(open === row.trigger ? null : row.trigger)}
              />
            ))}
          </tbody>
        </table>
        {value && rows.length === 0 && <p className="quiet-note">{said.noResults}</p>}
      </div>
      <p className="quiet-note">{said.effectHint}</p>
    </>
  );
}

/** Counts that are a part of what was sent. */
const PARTS = ["delivered", "read", "answered", "goal", "refused"];
/** With fewer people on either side, a difference says nothing yet. */
const FEW = 20;

type RowProps = {
  row: TriggerResults;
  trigger: Trigger | undefined;
  /** Null: why some were not sent is not shown. */
  reasons: Record<string, string> | null;
  onOpen: () => void;
};

function Row({ row, trigger, reasons, onOpen }: RowProps) {
  const { care: said } = useStrings();
  const without = (name: string) =>
    (name.endsWith("goal") && !trigger?.goal) || (name.startsWith("held_out") && row.held_out === 0);
  const why = Object.entries({ ...row.waiting, ...row.suppressed });
  const value = (name: string) => {
    if (name === "suppressed") return sum(row.suppressed);
    return name === "waiting" ? sum(row.waiting) : (row[name as keyof TriggerResults] as number);
  };
  return (
    <>
      <tr>
        <td className="nowrap">
          <button
            type="button"
            className="care-open"
            aria-expanded={reasons !== null}
            disabled={why.length === 0}
            onClick={onOpen}
          >
            {trigger?.title ?? row.trigger}
          </button>
        </td>
        {said.counts.map(([name]) => (
          <td key={name} title={name.endsWith("goal") ? (trigger?.goal ?? undefined) : undefined}>
            {without(name) ? "–" : count(value(name))}
            {PARTS.includes(name) && value(name) > 0 && row.sent > 0 && (
              <small>{share(value(name) / row.sent)}</small>
            )}
          </td>
        ))}
        <td className="nowrap">
          <Gain row={row} goal={trigger?.goal ?? null} />
        </td>
      </tr>
      {reasons && (
        <tr>
          <td colSpan={said.counts.length + 2} className="care-why">
            {why.map(([code, times]) => (
              <span key={code}>
                {reasons[code] ?? code} <b>{count(times)}</b>
              </span>
            ))}
          </td>
        </tr>
      )}
    </>
  );
}

/** The gain over who was held out, with its interval and what that means; no figure from a handful. */
export function Gain({
  row: { sent, held_out, effect },
  goal,
}: {
  row: TriggerResults;
  goal: string | null;
}) {
  const { care: said } = useStrings();
  if (!effect || !goal) return "–";
  if (Math.min(sent, held_out) < FEW) return <small>{said.few(count(sent), count(held_out))}</small>;
  const { told, held_out: untold, difference, low, high } = effect;
  const mood = low > 0 ? "good" : high < 0 ? "bad" : "none";
  return (
    <span title={said.shares(share(told), share(untold))}>
      <b className="care-gain" data-mood={mood}>
        {said.points(signed(difference))}
      </b>
      <small>{said.interval(signed(low), signed(high))}</small>
      <small>{said.verdict[mood]}</small>
    </span>
  );
}

/** A difference of two shares, in percentage points. */
function signed(part: number): string {
  const points = (part * 100).toFixed(1);
  return part > 0 ? `+${points}` : points.replace("-", "−");
}

/** The moment a day of this device's calendar begins, `later` days on. */
function startOf(day: string, later: number): string {
  const begin = new Date(`${day}T00:00:00`);
  begin.setDate(begin.getDate() + later);
  return begin.toISOString();
}
