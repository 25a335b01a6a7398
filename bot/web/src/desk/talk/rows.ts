import type { Entry, Message } from "../client/tickets";
import { dayKey } from "../format";

export type Row =
  | { kind: "day"; key: string; at: string }
  | { kind: "message"; key: string; message: Message; first: boolean; last: boolean }
  | { kind: "entry"; key: string; entry: Entry };

type Item = { at: string; message?: Message; entry?: Entry };

const PAUSE_MS = 5 * 60_000;

/** What the messages themselves show already: an offered operation is a card. */
function silent({ kind, data }: Entry): boolean {
  return kind === "operation" && data.state === "offered";
}

/** Messages and what happened to the ticket, in one order of time, with a heading for each day. */
export function rowsOf(messages: readonly Message[], entries: readonly Entry[]): Row[] {
  const begin = messages[0]?.at ?? "";
  const items: Item[] = [
    ...messages.map((message) => ({ at: message.at, message })),
    ...entries
      .filter((entry) => !silent(entry) && entry.at >= begin)
      .map((entry) => ({ at: entry.at, entry })),
  ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return items.flatMap((item, index): Row[] => {
    const before = items[index - 1];
    const newDay = !before || dayKey(before.at) !== dayKey(item.at);
    const row = rowOf(item, newDay ? undefined : before, items[index + 1]);
    return newDay ? [{ kind: "day", key: `day ${dayKey(item.at)}`, at: item.at }, row] : [row];
  });
}

function rowOf(item: Item, before: Item | undefined, after: Item | undefined): Row {
  const { message, entry } = item;
  if (entry) return { kind: "entry", key: `entry ${entry.number}`, entry };
  return {
    kind: "message",
    key: `seq ${message?.seq}`,
    message: message as Message,
    first: !together(before, item),
    last: !together(item, after),
  };
}

function together(one: Item | undefined, next: Item | undefined): boolean {
  if (!one?.message || !next?.message) return false;
  const same = one.message.author === next.message.author && one.message.agent === next.message.agent;
  const near = Date.parse(next.at) - Date.parse(one.at) < PAUSE_MS;
  return same && near && dayKey(one.at) === dayKey(next.at);
}
