import type { EChartsType } from "echarts/core";
import { useEffect, useRef, useState } from "react";
import { query } from "../client/http";
import { useClient, useStrings } from "../context";
import { useLoaded } from "../parts/useLoaded";
import { wishes } from "../wishes";
import { draw } from "./chart";
import { chartOf, lastDays, type Report, readable } from "./table";

const NAMES = ["tickets", "satisfaction", "containment", "promises", "tags"];
/** By what each report can be told; the first is the usual one. */
const BYS: Record<string, string[]> = {
  tickets: ["day", "hour", "agent", "team", "topic", "reason", "channel"],
  satisfaction: ["day", "hour", "agent", "team", "topic", "reason", "channel"],
  containment: ["day", "hour", "channel"],
  promises: ["kind", "day", "hour", "agent", "team"],
  tags: ["tag", "day", "hour", "agent", "team", "topic", "reason", "channel"],
};

export default function Reports() {
  const client = useClient();
  const strings = useStrings();
  const said = strings.office.reports;
  const [name, setName] = useState("tickets");
  const [wished, setBy] = useState<string | null>(null);
  const [range, setRange] = useState(() => lastDays(14));
  const bys = BYS[name] ?? [];
  const by = wished && bys.includes(wished) ? wished : (bys[0] ?? "day");
  const wish = { from: range.from, to: range.to, by };
  const { value: report } = useLoaded<Report>(query(`reports/${name}`, wish));
  const csv = `${client.http.base}${query(`reports/${name}`, { ...wish, format: "csv" })}`;
  return (
    <main className="page">
      <header className="page-head">
        <h1>{said.title}</h1>
        <div className="segments">
          {NAMES.map((one) => (
            <button key={one} type="button" aria-pressed={name === one} onClick={() => setName(one)}>
              {said.names[one]}
            </button>
          ))}
        </div>
        <div className="page-tools">
          <label>
            {said.from}
            <input
              type="date"
              value={range.from}
              max={range.to}
              onChange={(event) => event.target.value && setRange({ ...range, from: event.target.value })}
            />
          </label>
          <label>
            {said.to}
            <input
              type="date"
              value={range.to}
              min={range.from}
              onChange={(event) => event.target.value && setRange({ ...range, to: event.target.value })}
            />
          </label>
          <label>
            {said.by}
            <select value={by} onChange={(event) => setBy(event.target.value)}>
              {bys.map((one) => (
                <option key={one} value={one}>
                  {said.bys[one]}
                </option>
              ))}
            </select>
          </label>
          <a className="btn small" href={csv} download>
            {said.csv}
          </a>
        </div>
      </header>
      {report && <Shown report={report} />}
    </main>
  );
}

function Shown({ report }: { report: Report }) {
  const strings = useStrings();
  const said = strings.office.reports;
  const shown = report.columns
    .map((column, index) => ({ column, index }))
    .filter(({ column }) => column !== "key");
  if (report.rows.length === 0) return <p className="quiet-note">{said.empty}</p>;
  return (
    <>
      <Chart report={report} />
      <div className="table-box">
        <table className="table numbers">
          <thead>
            <tr>
              {shown.map(({ column }) => (
                <th key={column}>{said.columns[column] ?? column}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.rows.map((row) => (
              <tr key={String(row[0])}>
                {shown.map(({ column, index }) => (
                  <td key={column}>{readable(column, row[index], strings)}</td>
                ))}
              </tr>
            ))}
          </tbody>
          {report.total && (
            <tfoot>
              <tr>
                {shown.map(({ column, index }) => (
                  <td key={column}>
                    {column === "name" ? said.total : readable(column, report.total?.[index], strings)}
                  </td>
                ))}
              </tr>
            </tfoot>
          )}
        </table>
      </div>
      {report.note && <p className="quiet-note">{report.note}</p>}
    </>
  );
}

function Chart({ report }: { report: Report }) {
  const strings = useStrings();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const paint = () => {
      chart.current = draw(element, chartOf(report, strings), chart.current);
    };
    paint();
    const observer = new ResizeObserver(() => chart.current?.resize());
    observer.observe(element);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", paint);
    const unwish = wishes.subscribe(() => setTimeout(paint));
    return () => {
      observer.disconnect();
      scheme.removeEventListener("change", paint);
      unwish();
    };
  }, [report, strings]);
  useEffect(() => () => chart.current?.dispose(), []);
  const { names, chart: label } = strings.office.reports;
  return <div ref={box} className="chart" role="img" aria-label={label(names[report.name] ?? report.name)} />;
}
