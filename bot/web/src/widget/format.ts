import type { Strings } from "./locales";

const DAY = 86_400_000;

/** 3200 → "3,200". */
export function count(value: number): string {
  return new Intl.NumberFormat("en-US").format(value);
}

/** Integer fen → "1,234.50". */
export function money(fen: number): string {
  return new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(
    fen / 100,
  );
}

/** "2026-12-31" (a date, not a moment) → "2026年12月31日". */
export function date(iso: string, strings: Strings): string {
  return new Intl.DateTimeFormat(strings.lang, { dateStyle: "long", timeZone: "UTC" }).format(dateOnly(iso));
}

/** Days from `now` (ms since the epoch) to the date `iso`, by the calendar of this device. */
export function daysUntil(iso: string, now: number): number {
  const today = new Date(now);
  const midnight = Date.UTC(today.getFullYear(), today.getMonth(), today.getDate());
  return Math.round((dateOnly(iso).getTime() - midnight) / DAY);
}

/** A moment → "11月22日 16:00". */
export function moment(iso: string, strings: Strings): string {
  return new Intl.DateTimeFormat(strings.lang, {
    month: "long",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(new Date(iso));
}

/** A moment → "16:00". */
export function clock(iso: string, strings: Strings): string {
  return new Intl.DateTimeFormat(strings.lang, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(new Date(iso));
}

/** A moment's day, as people say it: 今天, 昨天, 11月20日 星期五, and with the year when it was another. */
export function day(iso: string, now: number, strings: Strings): string {
  const then = new Date(iso);
  const age = Math.round((startOfDay(now) - startOfDay(then.getTime())) / DAY);
  if (age === 0) return strings.today;
  if (age === 1) return strings.yesterday;
  const sameYear = then.getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(strings.lang, {
    month: "long",
    day: "numeric",
    ...(sameYear ? { weekday: "long" } : { year: "numeric" }),
  }).format(then);
}

/** The same for all moments of one local day. */
export function dayKey(iso: string): number {
  return startOfDay(Date.parse(iso));
}

/** 2_516_582 → "2.4 MB". */
export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1_048_576) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1_048_576).toFixed(1)} MB`;
}

/** A span of ms, never negative, in words. */
export function duration(ms: number, strings: Strings): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return strings.duration(Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60);
}

function startOfDay(ms: number): number {
  const then = new Date(ms);
  return new Date(then.getFullYear(), then.getMonth(), then.getDate()).getTime();
}

function dateOnly(iso: string): Date {
  const [year, month, dayOfMonth] = iso.slice(0, 10).split("-").map(Number);
  return new Date(Date.UTC(year ?? 1970, (month ?? 1) - 1, dayOfMonth ?? 1));
}
