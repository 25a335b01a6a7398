/** Opening hours as people write them, and as the rules have them. */

export type Spans = [string, string][];

/** `[["09:00", "12:00"]]` → "09:00-12:00". */
export function spansText(spans: Spans | undefined): string {
  return (spans ?? []).map(([from, to]) => `${from}-${to}`).join(", ");
}

/** "9:00-12:00，13:00-21:00" → spans. Throws an Error with the part that is none. */
export function readSpans(text: string): Spans {
  return text
    .split(/[,，、;；]+/)
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const found = /^(\d{1,2}):(\d{2})\s*[-–~至到]\s*(\d{1,2}):(\d{2})$/.exec(part);
      if (!found) throw new Error(part);
      const [, h1 = "", m1 = "", h2 = "", m2 = ""] = found;
      return [`${h1.padStart(2, "0")}:${m1}`, `${h2.padStart(2, "0")}:${m2}`];
    });
}

export function holidaysText(days: Record<string, Spans>): string {
  return Object.entries(days)
    .map(([day, spans]) => `${day} ${spansText(spans)}`.trim())
    .join("\n");
}

export function readHolidays(text: string): Record<string, Spans> {
  const lines = text.split("\n").map((line) => line.trim());
  return Object.fromEntries(
    lines.filter(Boolean).map((line) => {
      const [day = "", ...rest] = line.split(/\s+/);
      if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new Error(line);
      return [day, readSpans(rest.join(" "))];
    }),
  );
}
