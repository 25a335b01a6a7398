import type { Coded } from "./client/people";
import type { Strings } from "./strings";

export { clock, count, dayKey, money } from "../widget/format";

/** A span of ms, never negative, as short as it can be read: `4:05`, `2时03分`, `3天4时`. */
export function span(ms: number, strings: Strings): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [days, rest] = [Math.floor(seconds / 86_400), seconds % 86_400];
  return strings.span(days, Math.floor(rest / 3600), Math.floor((rest % 3600) / 60), rest % 60);
}

/** A moment: the hour today, day and hour before. */
export function when(iso: string | null | undefined, strings: Strings): string {
  if (!iso) return "";
  const then = new Date(iso);
  const today = new Date().toDateString() === then.toDateString();
  return new Intl.DateTimeFormat(strings.lang, {
    ...(today ? {} : { month: "numeric", day: "numeric" }),
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(then);
}

/** 0.123 → "12.3%". */
export function share(value: number): string {
  return `${(value * 100).toFixed(1)}%`;
}

/** The name of `code`, or the code itself where nobody named it. */
export function nameOf(list: readonly Coded[] | undefined, code: string | null): string {
  if (!code) return "";
  return list?.find((one) => one.code === code)?.name ?? code;
}
