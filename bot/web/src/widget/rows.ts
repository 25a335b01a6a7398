import type { Entry } from "../chat/outbox";
import type { Message } from "../chat/protocol";
import type { ChatState } from "../chat/state";
import { dayKey } from "./format";

/** A day's heading, or a message with its place among its neighbours. */
export type Row =
  | { kind: "day"; key: string; at: string }
  | {
      kind: "message";
      key: string;
      message: Message;
      /** Set while the server has not acknowledged it. */
      entry: Entry | null;
      /** The first, or last, of a run of messages of one author. */
      first: boolean;
      last: boolean;
    };

type Said = { message: Message; entry: Entry | null };

/** After so long a silence the same author begins anew. */
const PAUSE_MS = 5 * 60_000;

export function rowsOf({ messages, pending }: Pick<ChatState, "messages" | "pending">): Row[] {
  const said: Said[] = [
    ...messages.map((message) => ({ message, entry: null })),
    ...pending.map((entry) => ({ message: asMessage(entry), entry })),
  ];
  return said.flatMap(({ message, entry }, index): Row[] => {
    const before = said[index - 1]?.message;
    const newDay = !before || dayKey(before.at) !== dayKey(message.at);
    const row: Row = {
      kind: "message",
      key: message.client_id ?? `seq ${message.seq}`,
      message,
      entry,
      first: newDay || !together(before, message),
      last: !together(message, said[index + 1]?.message),
    };
    return newDay ? [{ kind: "day", key: `day ${dayKey(message.at)}`, at: message.at }, row] : [row];
  });
}

function together(one: Message | undefined, next: Message | undefined): boolean {
  if (!one || !next || one.author !== next.author) return false;
  return Date.parse(next.at) - Date.parse(one.at) < PAUSE_MS && dayKey(one.at) === dayKey(next.at);
}

function asMessage({ client_id, text, at }: Entry): Message {
  return { seq: 0, author: "customer", client_id, at: new Date(at).toISOString(), type: "text", text };
}
