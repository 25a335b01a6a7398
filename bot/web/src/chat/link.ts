/** What a socket and a long poll have in common: a way for frames, which one day ends. */

import type { ClientFrame, ServerFrame } from "./protocol";

/** Why a link ended: the network or the server, a token no longer known, or a page that may not use the chat. */
export type Ending = "lost" | "token" | "refused";

export interface Link {
  readonly kind: "socket" | "poll";
  /** Sends a frame; that it arrived shows in an answer, never here. */
  send(frame: ClientFrame): void;
  /** Ends the link with "lost". Ending twice does nothing. */
  end(): void;
  /** Checks at once whether the link still works, e.g. after the device slept. */
  probe(): void;
  readonly ended: Promise<Ending>;
}

export type OnFrame = (frame: ServerFrame) => void;

/** Where to begin: whose conversation, and everything after which sequence number. */
export type Start = { token: string; since: number };
