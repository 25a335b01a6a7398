import type { Entry } from "./outbox";
import type { Message, Prompt, Queue } from "./protocol";

/** idle: not started; offline: several attempts failed, or the device has no network; refused: for good. */
export type Status = "idle" | "connecting" | "online" | "offline" | "refused";

/** Everything a view needs to know. Replaced as a whole, never changed in place. */
export type ChatState = {
  status: Status;
  link: "socket" | "poll" | null;
  /** Null until there is a session. */
  conversation: string | null;
  /** The history as of connecting has arrived: from now on, a message is news. */
  caughtUp: boolean;
  verified: boolean;
  title: string | null;
  /** The longest text the server takes, in characters. */
  limit: number;
  messages: readonly Message[];
  /** Not acknowledged yet, oldest first. */
  pending: readonly Entry[];
  typing: boolean;
  /** What the customer most likely came for; null: not known, or they have said something since. */
  prompts: readonly Prompt[] | null;
  /** Who serves, and the place in the queue; null: not known, or the bot. */
  queue: Queue | null;
  unread: number;
  hasEarlier: boolean;
  loadingEarlier: boolean;
  /** Sending pauses until then (ms since the epoch) because messages came too fast. */
  pausedUntil: number | null;
  /** The server's clock minus ours, in ms. */
  clockOffset: number;
};

export const START: ChatState = {
  status: "idle",
  link: null,
  conversation: null,
  caughtUp: false,
  verified: false,
  title: null,
  limit: 2000,
  messages: [],
  pending: [],
  typing: false,
  prompts: null,
  queue: null,
  unread: 0,
  hasEarlier: false,
  loadingEarlier: false,
  pausedUntil: null,
  clockOffset: 0,
};
