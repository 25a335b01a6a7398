import { useState } from "react";
import { type Effect, type Overview, type Results, sum, type TriggerResults } from "../client/care";
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
  const title = (name: string) => overview.triggers.find((one) => one.name === name)?.title ?? name;
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
                title={title(row.trigger)}
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

type RowProps = {
  row: TriggerResults;
  title: string;
  /** Null: why some were not sent is not shown. */
  reasons: Record<string, string> | null;
  onOpen: () => void;
};

function Row({ row, title, reasons, onOpen }: RowProps) {
  const { care: said } = useStrings();
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
            {title}
          </button>
        </td>
        {said.counts.map(([name]) => (
          <td key={name}>{count(value(name))}</td>
        ))}
        <td className="nowrap">{row.effect ? <Gain effect={row.effect} /> : "–"}</td>
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

/** The gain over who was held out, with its interval; certain only when that does not hold zero. */
function Gain({ effect: { told, held_out, difference, low, high } }: { effect: Effect }) {
  const { care: said } = useStrings();
  const sure = low > 0 ? "good" : high < 0 ? "bad" : undefined;
  return (
    <span title={said.shares(share(told), share(held_out))}>
      <b className="care-gain" data-mood={sure}>
        {signed(difference)}
      </b>
      <small>{said.interval(signed(low), signed(high))}</small>
    </span>
  );
}

function signed(part: number): string {
  return `${part > 0 ? "+" : ""}${share(part)}`;
}

/** The moment a day of this device's calendar begins, `later` days on. */
function startOf(day: string, later: number): string {
  const begin = new Date(`${day}T00:00:00`);
  begin.setDate(begin.getDate() + later);
  return begin.toISOString();
}
