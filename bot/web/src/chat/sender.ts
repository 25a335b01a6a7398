import type { Link } from "./link";
import { type Failure, frameOf, type Outbox } from "./outbox";
import type { ErrorFrame } from "./protocol";
import { Backoff, type Timing } from "./timing";

const ATTEMPTS = 6;

/**
 * Empties the outbox over whatever link there is: one message at a time, so that the order stays even when
 * one of them must wait, and again until it is acknowledged or refused for good.
 */
export class Sender {
  private link: Link | null = null;
  private inFlight: string | null = null;
  private ackTimer: ReturnType<typeof setTimeout> | undefined;
  private waitTimer: ReturnType<typeof setTimeout> | undefined;
  private waiting = false;
  private attempts = 0;
  private readonly backoff = new Backoff({ first: 1_000, most: 20_000 });

  /** @param changed called when an entry was given up, or with the time (ms) until which sending pauses */
  constructor(
    private readonly outbox: Outbox,
    private readonly timing: Timing,
    private readonly changed: (pauseMs: number | null) => void,
  ) {}

  attach(link: Link | null): void {
    this.link = link;
    this.settle();
    this.pump();
  }

  /** Sends the next entry, unless one is under way or a pause was asked for. */
  pump(): void {
    const entry = this.outbox.next;
    if (!this.link || !entry || this.inFlight || this.waiting) return;
    this.inFlight = entry.client_id;
    const { link } = this;
    this.ackTimer = setTimeout(() => link.end(), this.timing.ack);
    link.send(frameOf(entry));
  }

  /** The server has it. */
  done(client_id: string): void {
    if (client_id !== this.inFlight) return;
    this.settle();
    this.attempts = 0;
    this.backoff.reset();
    this.pump();
  }

  failed(error: ErrorFrame): void {
    const client_id = error.client_id ?? this.inFlight;
    if (!client_id || client_id !== this.inFlight) return;
    this.settle();
    if (error.code === "rate_limited") this.pause((error.retry_after ?? 2) * 1000, true);
    else if (error.code === "unavailable" && ++this.attempts < ATTEMPTS) {
      this.pause(error.retry_after ? error.retry_after * 1000 : this.backoff.next(), false);
    } else this.giveUp(client_id, { code: error.code, text: error.text });
  }

  stop(): void {
    this.link = null;
    this.settle();
    clearTimeout(this.waitTimer);
    this.waiting = false;
  }

  private giveUp(client_id: string, failure: Failure): void {
    this.attempts = 0;
    this.outbox.mark(client_id, failure);
    this.changed(null);
    this.pump();
  }

  private pause(ms: number, tell: boolean): void {
    this.waiting = true;
    if (tell) this.changed(ms);
    // A little more than asked for: clocks differ, and tabs should not come back in step.
    this.waitTimer = setTimeout(
      () => {
        this.waiting = false;
        if (tell) this.changed(null);
        this.pump();
      },
      ms + 50 + Math.random() * 200,
    );
  }

  private settle(): void {
    clearTimeout(this.ackTimer);
    this.inFlight = null;
  }
}
