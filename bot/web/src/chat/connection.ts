import { Refusal } from "./api";
import type { Ending, Link, OnFrame } from "./link";
import type { ClientFrame } from "./protocol";
import type { Route, Source } from "./route";
import type { Status } from "./state";
import { Backoff, type Timing } from "./timing";

/** What the connection needs of its owner, and tells it. */
export type Owner = {
  /** Whose conversation to connect; may ask the server. */
  source(signal: AbortSignal): Promise<Source>;
  onFrame: OnFrame;
  onStatus(status: Status): void;
  /** There is a working link, or (null) there no longer is. */
  onLink(link: Link | null): void;
  /** The server no longer knows the token: `source` must find another. */
  onTokenEnded(): void;
};

/** Stays connected: opens links, notices their end, waits a little, and tries again. */
export class Connection {
  private readonly backoff: Backoff;
  private stopper: AbortController | null = null;
  private link: Link | null = null;
  private failures = 0;
  private cutPause: () => void = () => {};

  constructor(
    private readonly route: Route,
    private readonly timing: Timing,
    private readonly owner: Owner,
  ) {
    this.backoff = new Backoff(timing.backoff);
  }

  /** Aborted when the connection stops; null while it is not running. */
  get signal(): AbortSignal | null {
    return this.stopper?.signal ?? null;
  }

  start(): void {
    if (this.stopper) return;
    this.stopper = new AbortController();
    this.owner.onStatus("connecting");
    void this.run(this.stopper.signal);
  }

  stop(): void {
    this.stopper?.abort();
    this.stopper = null;
    this.cutPause();
    this.detach();
  }

  send(frame: ClientFrame): void {
    this.link?.send(frame);
  }

  /** Tries now instead of later. */
  hurry(): void {
    this.cutPause();
  }

  /** Something changed for the better (network back, page visible): tries now, and checks the link. */
  wake(): void {
    this.cutPause();
    this.link?.probe();
  }

  /** The device says that it has no network. */
  sleep(): void {
    this.link?.end();
    if (this.stopper) this.owner.onStatus("offline");
  }

  private async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { ending, wait } = await this.connect(signal);
      if (signal.aborted) return;
      this.detach();
      if (ending === "refused") {
        this.owner.onStatus("refused");
        return;
      }
      if (ending === "token") this.owner.onTokenEnded();
      this.failures += 1;
      const offline = this.failures > 2 || globalThis.navigator?.onLine === false;
      this.owner.onStatus(offline ? "offline" : "connecting");
      await this.pause(Math.max(wait, this.backoff.next()));
    }
  }

  /** One connection from beginning to end; `wait`: ms the server asked us to stay away. */
  private async connect(signal: AbortSignal): Promise<{ ending: Ending; wait: number }> {
    try {
      const source = await this.owner.source(signal);
      const link = await this.route.open(source, this.owner.onFrame, signal);
      return { ending: typeof link === "string" ? link : await this.live(link, source, signal), wait: 0 };
    } catch (problem) {
      if (!(problem instanceof Refusal)) return { ending: "lost", wait: 0 };
      return { ending: problem.status === 403 ? "refused" : "lost", wait: (problem.retryAfter ?? 0) * 1000 };
    }
  }

  /** Uses a link until it ends; a long poll gives way to a socket as soon as one opens. */
  private async live(link: Link, source: Source, signal: AbortSignal): Promise<Ending> {
    this.attach(link, signal);
    if (link.kind === "socket") return link.ended;
    const search = new AbortController();
    const socket = this.route.socketAgain(source, this.owner.onFrame, search.signal);
    const first = await Promise.race([link.ended, socket]);
    search.abort();
    if (typeof first === "string") return first;
    link.end();
    return this.live(first, source, signal);
  }

  private attach(link: Link, signal: AbortSignal): void {
    if (signal.aborted) {
      link.end();
      return;
    }
    this.link = link;
    this.failures = 0;
    // Only a link that lasts makes the next waits short again, or a server that drops us would be hammered.
    const lasting = setTimeout(() => this.backoff.reset(), this.timing.backoff.first * 5);
    void link.ended.then(() => clearTimeout(lasting));
    this.owner.onStatus("online");
    this.owner.onLink(link);
  }

  private detach(): void {
    const { link } = this;
    this.link = null;
    link?.end();
    this.owner.onLink(null);
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.cutPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
