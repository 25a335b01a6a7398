import type { Entry, Outbox } from "../../chat/outbox";
import { Backoff } from "../../chat/timing";
import { type DeskHttp, Refusal } from "./http";
import type { Timing } from "./socket";

type Told = {
  stored(entry: Entry, seq: number, at: string): void;
  changed(): void;
};

/**
 * Sends what an agent wrote, one after the other, again and again until the server has it or refuses it for
 * good. Sending again is safe: the same `client_id` gives the same answer.
 */
export class Sender {
  private busy = false;
  private stopped = false;
  private cutPause: () => void = () => {};
  private readonly backoff: Backoff;

  constructor(
    private readonly outbox: Outbox,
    private readonly http: DeskHttp,
    private readonly path: string,
    timing: Timing,
    private readonly told: Told,
  ) {
    this.backoff = new Backoff(timing.resend);
  }

  pump(): void {
    this.stopped = false;
    if (!this.busy) void this.run();
  }

  /** The connection is back: tries now instead of later. */
  hurry(): void {
    this.cutPause();
  }

  stop(): void {
    this.stopped = true;
    this.cutPause();
  }

  private async run(): Promise<void> {
    this.busy = true;
    for (let entry = this.outbox.next; entry && !this.stopped; entry = this.outbox.next)
      await this.send(entry);
    this.busy = false;
  }

  private async send(entry: Entry): Promise<void> {
    const { client_id, text, file } = entry;
    try {
      const body = file ? { client_id, file: file.id } : { client_id, text };
      const { seq, at } = await this.http.post<{ seq: number; at: string }>(this.path, body);
      this.outbox.take(client_id);
      this.backoff.reset();
      this.told.stored(entry, seq, at);
    } catch (problem) {
      if (problem instanceof Refusal && !passing(problem)) {
        this.outbox.mark(client_id, { code: problem.code, text: problem.message });
        this.told.changed();
      } else await this.pause(this.wait(problem));
    }
  }

  private wait(problem: unknown): number {
    const asked = problem instanceof Refusal ? Number(problem.details.retry_after ?? 0) * 1000 : 0;
    return Math.max(asked, this.backoff.next());
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

/** It may go better in a moment. */
function passing({ status, code }: Refusal): boolean {
  return status >= 500 || status === 429 || status === 401 || code === "must_change_password";
}
