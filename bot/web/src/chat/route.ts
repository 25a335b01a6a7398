import type { Api } from "./api";
import type { Ending, Link, OnFrame } from "./link";
import { PollLink } from "./poll";
import { SocketLink } from "./socket";
import { Backoff, type Timing } from "./timing";

/** Whose conversation, and what of it is known at the moment of asking. */
export type Source = { token: string; since: () => number };

/** Chooses between socket and long poll. */
export class Route {
  private failures = 0;

  constructor(
    private readonly api: Api,
    private readonly makeSocket: (url: string) => WebSocket,
    private readonly timing: Timing,
  ) {}

  /** A working link, or why there is none. After two sockets that did not open, the long poll is tried. */
  async open(source: Source, onFrame: OnFrame, signal: AbortSignal): Promise<Link | Ending> {
    if (this.failures < 2) {
      const socket = await this.openSocket(source, onFrame, signal);
      this.failures = socket === "lost" ? this.failures + 1 : 0;
      if (this.failures < 2 || signal.aborted) return socket;
    }
    const poll = await PollLink.open(this.api, source, onFrame, this.timing, signal);
    // When the poll fails too, the server is away, and nothing is said about sockets.
    if (poll === "lost") this.failures = 0;
    return poll;
  }

  /** Tries sockets again, ever less often, and resolves with the first that works. */
  async socketAgain(source: Source, onFrame: OnFrame, signal: AbortSignal): Promise<SocketLink> {
    const backoff = new Backoff(this.timing.socketAgain);
    for (;;) {
      await sleep(backoff.next(), signal);
      const link = await this.openSocket(source, onFrame, signal);
      if (typeof link !== "string") {
        this.failures = 0;
        return link;
      }
    }
  }

  private openSocket(source: Source, onFrame: OnFrame, signal: AbortSignal): Promise<SocketLink | Ending> {
    const start = { token: source.token, since: source.since() };
    return SocketLink.open(() => this.makeSocket(this.api.socketUrl), start, onFrame, this.timing, signal);
  }
}

/** Waits; an abort makes it wait for ever, for whoever is no longer interested. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = () => clearTimeout(timer);
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", cancel);
      resolve();
    }, ms);
    signal.addEventListener("abort", cancel);
  });
}
