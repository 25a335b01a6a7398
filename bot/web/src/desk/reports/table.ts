import { span } from "../format";
import type { Strings } from "../strings";
import type { ChartSpec } from "./chart";

export type Cell = string | number | null;
export type Report = {
  name: string;
  by: string;
  from?: string;
  to?: string;
  columns: string[];
  rows: Cell[][];
  total: Cell[] | null;
  note: string | null;
};

const SHARES = new Set(["abandonment", "within_first_reply", "csat", "contained", "share"]);
const LONGEST = 400;
const SECONDS = /_p(50|90)$/;

/** The columns of each report that its chart shows: all of one kind of number. */
const CHARTED: Record<string, { columns: string[]; kind: "bar" | "line" }> = {
  tickets: { columns: ["opened", "closed", "abandoned"], kind: "bar" },
  satisfaction: { columns: ["csat"], kind: "line" },
  containment: { columns: ["conversations", "handed_over"], kind: "bar" },
  promises: { columns: ["kept", "broken"], kind: "bar" },
  tags: { columns: ["count"], kind: "bar" },
};

/** One cell as people read it: shares in percent, durations as a clock. */
export function readable(column: string, cell: Cell | undefined, strings: Strings): string {
  if (cell === null || cell === undefined) return "–";
  if (typeof cell === "string") return cell;
  if (SHARES.has(column)) return `${(cell * 100).toFixed(1)}%`;
  if (SECONDS.test(column)) return span(cell * 1000, strings);
  return Number.isInteger(cell) ? String(cell) : cell.toFixed(2);
}

export function chartOf(report: Report, strings: Strings): ChartSpec {
  const { name, columns } = report;
  const rows = wholeRange(report);
  const { columns: wanted, kind } = CHARTED[name] ?? { columns: [], kind: "bar" as const };
  const label = Math.max(0, columns.indexOf("name"));
  return {
    kind,
    share: wanted.some((column) => SHARES.has(column)),
    labels: rows.map((row) => String(row[label] ?? "")),
    series: wanted
      .filter((column) => columns.includes(column))
      .map((column) => ({
        name: strings.office.reports.columns[column] ?? column,
        values: rows.map((row) => {
          const cell = row[columns.indexOf(column)];
          return typeof cell === "number" ? cell : null;
        }),
      })),
  };
}

/** The rows, and for each day of the range that has none an empty one: a chart must not hide a quiet day. */
function wholeRange({ by, from, to, columns, rows }: Report): Cell[][] {
  if (by !== "day" || !from || !to) return rows;
  const known = new Map(rows.map((row) => [row[columns.indexOf("key")], row]));
  const whole: Cell[][] = [];
  for (let day = from; day <= to && whole.length < LONGEST; day = dayAfter(day)) {
    const empty = columns.map((column) => (column === "key" || column === "name" ? day : null));
    whole.push((known.get(day) ?? empty).map((cell) => (cell === day ? day.slice(5) : cell)));
  }
  return whole;
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** The last `days` days up to today, as `YYYY-MM-DD` of this device's calendar. */
export function lastDays(days: number, now = new Date()): { from: string; to: string } {
  const iso = (date: Date) =>
    [date.getFullYear(), date.getMonth() + 1, date.getDate()]
      .map((part) => String(part).padStart(2, "0"))
      .join("-");
  const begin = new Date(now.getFullYear(), now.getMonth(), now.getDate() - days + 1);
  return { from: iso(begin), to: iso(now) };
}
