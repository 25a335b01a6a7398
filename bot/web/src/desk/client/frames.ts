import type { Agent, Me } from "./people";
import type { Allowance, Counts, Entry, Line, Message, Notice, Viewer } from "./tickets";

export type ClientFrame =
  | { type: "hello"; csrf: string; since: number | null }
  | { type: "view"; view: string | null }
  | { type: "watch"; conversation: string; since_seq: number; ticket?: number; since_number?: number }
  | { type: "unwatch"; conversation: string }
  | { type: "typing"; conversation: string; on: boolean }
  | { type: "seen"; conversation: string; seq: number }
  | { type: "ping" };

export type ServerFrame =
  | { type: "welcome"; n: number; agent: Me }
  | { type: "reset"; n: number }
  | { type: "ticket"; n: number; ticket: Line }
  | { type: "notice"; n: number; notice: Notice }
  | { type: "message"; conversation: string; message: Message }
  | { type: "entry"; ticket: number; entry: Entry }
  | { type: "watching"; conversation: string; last_seq: number; seen_seq: number; viewers: Viewer[] }
  | { type: "allowance"; conversation: string; allowance: Allowance | null }
  | { type: "seen"; conversation: string; seq: number }
  | { type: "typing"; conversation: string; who: string; text?: string; on: boolean }
  | { type: "viewers"; conversation: string; viewers: Viewer[] }
  | { type: "agents"; agents: Agent[] }
  | { type: "counts"; counts: Counts }
  | { type: "wall"; wall: Record<string, unknown> }
  | { type: "pong" }
  | { type: "error"; code: string; text: string; re?: string };

/** Closing codes that mean more than "try again". */
export const Close = { session: 4401, refused: 4403 } as const;

/** The frame in `raw`, or null when it is none. A type that this version does not know is for nobody. */
export function decodeFrame(raw: unknown): ServerFrame | null {
  try {
    const value: unknown = JSON.parse(String(raw));
    const known = typeof value === "object" && value !== null && "type" in value;
    return known ? (value as ServerFrame) : null;
  } catch {
    return null;
  }
}
