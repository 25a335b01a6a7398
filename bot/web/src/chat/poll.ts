import { type Api, Refusal } from "./api";
import type { Ending, Link, OnFrame, Start } from "./link";
import type { ClientFrame, ErrorFrame } from "./protocol";
import type { Timing } from "./timing";

/** The long poll: one request always waits for news, another one sends. */
export class PollLink implements Link {
  readonly kind = "poll";
  readonly ended: Promise<Ending>;
  private settle: (ending: Ending) => void = () => {};
  private readonly stop = new AbortController();

  private constructor(
    private readonly api: Api,
    private readonly token: string,
    private readonly since: () => number,
    private readonly onFrame: OnFrame,
    private readonly timing: Timing,
  ) {
    this.ended = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  /** Resolves with the link once a first request was answered, or with the reason why it was not. */
  static async open(
    api: Api,
    start: Omit<Start, "since"> & { since: () => number },
    onFrame: OnFrame,
    timing: Timing,
    signal: AbortSignal,
  ): Promise<PollLink | Ending> {
    const link = new PollLink(api, start.token, start.since, onFrame, timing);
    const abort = () => link.end();
    signal.addEventListener("abort", abort);
    if (signal.aborted) link.end();
    const ending = await link.ask(0);
    if (ending) {
      link.finish(ending);
      return ending;
    }
    void link.run();
    void link.ended.then(() => signal.removeEventListener("abort", abort));
    return link;
  }

  send(frame: ClientFrame): void {
    if (frame.type === "message" || frame.type === "seen") void this.post(frame);
  }

  end(): void {
    this.finish("lost");
  }

  probe(): void {
    // The waiting request fails by itself within its own time limit.
  }

  private async run(): Promise<void> {
    while (!this.stop.signal.aborted) {
      const ending = await this.ask(this.timing.poll / 1000);
      if (ending) this.finish(ending);
    }
  }

  private async ask(wait: number): Promise<Ending | null> {
    try {
      const frames = await this.api.frames(this.token, { since: this.since(), wait }, this.stop.signal);
      frames.forEach(this.onFrame);
      return null;
    } catch (problem) {
      return endingOf(problem);
    }
  }

  private async post(frame: ClientFrame): Promise<void> {
    try {
      const answer = await this.api.post(this.token, frame, this.stop.signal);
      if (answer) this.onFrame(answer);
    } catch (problem) {
      const busy =
        problem instanceof Refusal && frame.type === "message" && asFrame(problem, frame.client_id);
      if (busy) this.onFrame(busy);
      else this.finish(endingOf(problem));
    }
  }

  private finish(ending: Ending): void {
    this.settle(ending);
    this.stop.abort();
  }
}

/** A proxy's 429 or 5xx says the same as the server's own frame: not stored, send it again. */
function asFrame(problem: Refusal, client_id: string): ErrorFrame | null {
  if (problem.status !== 429 && problem.status < 500) return null;
  const code = problem.status === 429 ? "rate_limited" : "unavailable";
  return { type: "error", code, text: "", client_id, retry_after: problem.retryAfter };
}

function endingOf(problem: unknown): Ending {
  if (problem instanceof Refusal && problem.status === 401) return "token";
  return problem instanceof Refusal && problem.status === 403 ? "refused" : "lost";
}
