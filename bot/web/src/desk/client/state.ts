import type { Agent, Me, Settings } from "./people";
import type { SocketStatus } from "./socket";
import type { Counts, Line, Notice, View } from "./tickets";

export type DeskState = {
  /** starting: not known yet whether somebody is signed in. */
  phase: "starting" | "out" | "in" | "unreachable";
  me: Me | null;
  settings: Settings | null;
  status: SocketStatus;
  /** Every ticket known here, by id. */
  lines: ReadonlyMap<number, Line>;
  /** Where each list goes on: a cursor, null at its end, undefined when it was not loaded. */
  more: Partial<Record<View, string | null>>;
  counts: Counts;
  agents: readonly Agent[];
  notices: readonly Notice[];
  wall: Record<string, unknown> | null;
  /** The server's clock minus this device's, in ms. */
  clockOffset: number;
};

export const START: DeskState = {
  phase: "starting",
  me: null,
  settings: null,
  status: "connecting",
  lines: new Map(),
  more: {},
  counts: { queue: 0, mine: 0, unread: 0 },
  agents: [],
  notices: [],
  wall: null,
  clockOffset: 0,
};

/** What deserves a sound: somebody new in the queue, a customer's words for me, or a notice to me. */
export type News =
  | { kind: "queue"; line: Line }
  | { kind: "message"; line: Line }
  | { kind: "notice"; notice: Notice };
