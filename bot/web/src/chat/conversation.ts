import { History } from "./history";
import type { Link } from "./link";
import { type Extra, Outbox } from "./outbox";
import type { ErrorFrame, ServerFrame, Session } from "./protocol";
import { Sender } from "./sender";
import type { ChatState } from "./state";
import type { SafeStorage } from "./storage";
import type { Timing } from "./timing";

/** The name under which messages wait that were written before there was a conversation. */
export const UNNAMED = "new";

export type ConversationOptions = {
  storage: SafeStorage;
  timing: Timing;
  onChange(change: Partial<ChatState>): void;
  /** Asks the server for everything after `since`. */
  fetchAfter(since: number): Promise<ServerFrame[]>;
};

/** One conversation on this device: what was said, what waits to be sent, and what frames do to both. */
export class Conversation {
  history: History | null = null;
  readonly outbox: Outbox;
  readonly sender: Sender;
  private gapTimer: ReturnType<typeof setTimeout> | undefined;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private publishTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly id: string,
    private readonly options: ConversationOptions,
  ) {
    this.outbox = new Outbox(options.storage, id);
    this.sender = new Sender(this.outbox, options.timing, (pauseMs) => {
      options.onChange({ pausedUntil: pauseMs === null ? null : Date.now() + pauseMs });
      this.publish();
    });
  }

  begin(session: Session): History {
    if (this.history) this.history.session = session;
    else this.history = new History(this.options.storage, session);
    this.publish();
    return this.history;
  }

  write(text: string, extra: Extra = {}): void {
    this.outbox.put(text, Date.now(), extra);
    this.options.onChange({ prompts: null });
    this.publish();
    this.sender.pump();
  }

  attach(link: Link | null): void {
    this.options.onChange({ link: link?.kind ?? null });
    this.typing(false);
    this.sender.attach(link);
  }

  stop(): void {
    this.sender.stop();
    clearTimeout(this.gapTimer);
    clearTimeout(this.publishTimer);
    this.gapTimer = undefined;
    this.typing(false);
    this.options.onChange({ pausedUntil: null });
  }

  readonly receive = (frame: ServerFrame): void => {
    switch (frame.type) {
      case "welcome":
        this.options.onChange({ verified: frame.verified, queue: frame.queue ?? null });
        break;
      case "verified":
        this.options.onChange({ verified: frame.verified });
        break;
      case "queue":
        this.options.onChange({ queue: frame.queue });
        break;
      case "typing":
        this.typing(frame.on);
        break;
      case "ack":
        this.acknowledged(frame.client_id, frame.seq);
        break;
      case "message":
        if (frame.message.author !== "customer") this.typing(false);
        if (frame.message.client_id) this.outbox.take(frame.message.client_id);
        this.history?.receive(frame.message);
        this.afterMessages();
        break;
      case "error":
        this.failed(frame);
        break;
      case "pong":
        break;
    }
  };

  /** Tells what this conversation now looks like. */
  publish(): void {
    clearTimeout(this.publishTimer);
    const { history, outbox } = this;
    this.options.onChange({
      messages: history?.log.messages ?? [],
      pending: outbox.all,
      unread: history?.unread ?? 0,
      hasEarlier: (history?.log.base ?? 0) > 0,
      caughtUp: history?.caughtUp ?? false,
    });
  }

  private acknowledged(client_id: string, seq: number): void {
    const entry = this.outbox.take(client_id);
    if (entry) {
      const at = new Date().toISOString(); // the server's own time comes with its copy of the message
      const { text, file } = entry;
      const body = file
        ? ({ type: "card", card: "file", data: { ...file } } as const)
        : ({ type: "text" } as const);
      this.history?.receive({ seq, author: "customer", client_id, at, text, ...body });
      this.afterMessages();
    }
    this.sender.done(client_id);
  }

  private afterMessages(): void {
    if (this.history?.log.hasGap) this.gapTimer ??= setTimeout(() => this.fillGap(), this.options.timing.gap);
    clearTimeout(this.publishTimer);
    // A long history arrives message by message: shown at once, not in a hundred steps.
    if (this.history?.caughtUp) this.publish();
    else this.publishTimer = setTimeout(() => this.publish(), 30);
  }

  private async fillGap(): Promise<void> {
    const { history } = this;
    if (!history?.log.hasGap) {
      this.gapTimer = undefined;
      return;
    }
    try {
      for (const frame of await this.options.fetchAfter(history.log.upTo)) this.receive(frame);
      history.log.closeGaps();
    } catch {
      // no network: the next connection asks from before the gap
    }
    this.gapTimer = undefined;
    this.publish();
  }

  private failed(error: ErrorFrame): void {
    if (error.client_id || error.code !== "bad_frame") this.sender.failed(error);
    else console.warn("Huitouke: the server did not understand a frame.", error.text);
  }

  private typing(on: boolean): void {
    clearTimeout(this.typingTimer);
    this.options.onChange({ typing: on });
    if (on) this.typingTimer = setTimeout(() => this.typing(false), this.options.timing.typing);
  }
}
