/** Tickets, their entries and their messages, as docs/protocols/desk.md gives them. */

import type { Message as ChatMessage } from "../../chat/protocol";
import type { Named } from "./people";

export type Mood = "calm" | "pleased" | "worried" | "annoyed" | "angry";
export type Target = { agent?: Named | null; team?: Named | null };

export type Who = {
  name: string | null;
  tier: string | null;
  key_account: boolean;
  verified: boolean;
  known: boolean;
};

export type LastSaid = { seq: number; author: string; text: string; at: string };

/** A ticket as lists show it. Times are UTC ISO 8601; what has no value is null. */
export type Line = {
  id: number;
  n: number;
  conversation: string;
  kind: "live" | "message" | "callback";
  state: "waiting" | "assigned" | "closed";
  reason: string;
  topic: string | null;
  channel: string;
  language: string;
  customer: Who;
  owner: "bot" | "queue" | "agent";
  owner_version: number;
  agent: Named | null;
  team: Named | null;
  offer: { to: Target; from: Named; note: string; at: string } | null;
  opened_at: string;
  queued_at: string | null;
  rank_at: string | null;
  assigned_at: string | null;
  first_reply_at: string | null;
  closed_at: string | null;
  close_reason: string | null;
  unread: number;
  emotion: Mood | null;
  last: LastSaid | null;
  waits_since: string | null;
  reply_due: string | null;
  complaint_due: string | null;
  callback: { phone: string; from: string | null; to: string | null; state: string } | null;
  rating: number | { score: number; tags: string[] } | null;
};

export type Entry = {
  number: number;
  at: string;
  kind: string;
  by: { kind: string; id?: number | null; name?: string | null };
  to: Target | null;
  text: string | null;
  reason: string | null;
  data: Record<string, unknown>;
};

export type Parse = {
  intent: string | null;
  name?: string | null;
  confidence: number | null;
  entities: { entity: string; text?: string; value?: unknown }[];
  emotion: { label: Mood; score: number } | null;
};

export type Message = ChatMessage & {
  name?: string | null;
  agent?: number | null;
  state?: "sent" | "sending" | "held" | "unknown" | "refused" | "seen" | null;
  problem?: string | null;
  parse?: Parse | null;
};

export type Summary = {
  asked: { seq: number; text: string; intent: string; name: string; confidence: number }[];
  tried: { seq: number; action: string; name: string }[];
  collected: { name: string; label: string; value: string }[];
  emotion: { seq: number; label: Mood; score: number }[];
  verified: boolean;
  failures: number;
  text: string;
};

export type Viewer = Named & { mode: "owner" | "viewing" | "listening" };

/**
 * How many messages the channel still lets through (null: any number), and until when; what is too much is held
 * until the customer writes again. Unreachable: they no longer follow the account.
 */
export type Allowance = { left: number | null; until: string | null; reachable: boolean };

export type Notice = {
  id: number;
  kind: string;
  ticket: number | null;
  complaint?: string | null;
  text: string;
  at: string;
};
export type Counts = { queue: number; mine: number; unread: number };

export type BotTalk = {
  conversation: string;
  channel: string;
  customer: Who;
  last: LastSaid | null;
  emotion: Mood | null;
  at: string;
};

export type View = "queue" | "mine" | "all" | "closed";

/** Whether a ticket stands in a list of agent number `me`. */
export function stands(line: Line, view: View, me: number): boolean {
  if (view === "closed") return line.state === "closed";
  if (line.state === "closed") return false;
  if (view === "all") return true;
  if (view === "queue") return line.state === "waiting";
  return (line.state === "assigned" && line.agent?.id === me) || line.offer?.to.agent?.id === me;
}

/** The order of a list: the queue as the server ranks it, mine by who waits longest, others newest first. */
export function compare(view: View): (a: Line, b: Line) => number {
  if (view === "queue") return (a, b) => text(a.rank_at, b.rank_at) || a.id - b.id;
  if (view === "closed") return (a, b) => -text(a.closed_at, b.closed_at) || b.id - a.id;
  if (view === "all") return (a, b) => -text(a.opened_at, b.opened_at) || b.id - a.id;
  return (a, b) =>
    Number(b.offer !== null) - Number(a.offer !== null) ||
    text(a.waits_since ?? "9", b.waits_since ?? "9") ||
    -text(a.last?.at ?? a.opened_at, b.last?.at ?? b.opened_at);
}

function text(a: string | null, b: string | null): number {
  if (a === b) return 0;
  return (a ?? "") < (b ?? "") ? -1 : 1;
}
