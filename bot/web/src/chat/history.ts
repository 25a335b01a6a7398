import { MessageLog } from "./log";
import type { Message, Session } from "./protocol";
import type { SafeStorage } from "./storage";

/** How much of an old conversation is loaded at once. */
export const PAGE = 60;

/** One conversation as this browser knows it: what was said, and what of it the customer has seen. */
export class History {
  readonly log: MessageLog;
  private seenUpTo: number;

  constructor(
    private readonly storage: SafeStorage,
    public session: Session,
  ) {
    this.log = new MessageLog(Math.max(0, session.last_seq - PAGE));
    this.seenUpTo = session.seen ?? 0;
    this.readSeen();
  }

  /** What was there when the session was opened has arrived: from now on, a message is news. */
  get caughtUp(): boolean {
    return this.log.upTo >= this.session.last_seq;
  }

  /** Adds what the server says was said; messages before the loaded part are not for here. */
  receive(message: Message): void {
    if (message.seq > this.log.base) this.log.add(message);
  }

  get seen(): number {
    return this.seenUpTo;
  }

  /** Messages of others after what the customer has seen. */
  get unread(): number {
    return this.log.messages.filter(({ seq, author }) => seq > this.seenUpTo && author !== "customer").length;
  }

  /** Remembers that everything known was seen; true when that is news. */
  see(): boolean {
    if (this.log.lastSeq <= this.seenUpTo) return false;
    this.seenUpTo = this.log.lastSeq;
    this.storage.set(this.seenKey, String(this.seenUpTo));
    return true;
  }

  /** Another tab may have seen more. */
  readSeen(): void {
    this.seenUpTo = Math.max(this.seenUpTo, Number(this.storage.get(this.seenKey)) || 0);
  }

  private get seenKey(): string {
    return `huitouke.seen.${this.session.conversation}`;
  }
}
