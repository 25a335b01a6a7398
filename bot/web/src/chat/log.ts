import type { Message } from "./protocol";

/** The conversation as far as it is known here: in order, each message once, holes noticed. */
export class MessageLog<M extends { seq: number } = Message> {
  private readonly bySeq = new Map<number, M>();
  private sorted: readonly M[] | null = [];
  private contiguous: number;
  private highest: number;
  private start: number;

  /** @param base everything up to here is left out for now, and is no hole */
  constructor(base: number) {
    this.contiguous = base;
    this.highest = base;
    this.start = base;
  }

  /** The highest sequence number up to which nothing is missing. */
  get upTo(): number {
    return this.contiguous;
  }

  /** The highest sequence number known. */
  get lastSeq(): number {
    return this.highest;
  }

  /** Messages up to here were not loaded; 0: the log reaches back to the beginning. */
  get base(): number {
    return this.start;
  }

  get hasGap(): boolean {
    return this.highest > this.contiguous;
  }

  get messages(): readonly M[] {
    this.sorted ??= [...this.bySeq.values()].sort((a, b) => a.seq - b.seq);
    return this.sorted;
  }

  /** Adds or replaces a message; false when the very same was there. */
  add(message: M): boolean {
    const known = this.bySeq.get(message.seq);
    if (known && JSON.stringify(known) === JSON.stringify(message)) return false;
    this.bySeq.set(message.seq, message);
    this.highest = Math.max(this.highest, message.seq);
    while (this.bySeq.has(this.contiguous + 1)) this.contiguous += 1;
    this.sorted = null;
    return true;
  }

  /** Adds what came before: the log now reaches back to `base`. */
  prepend(messages: readonly M[], base: number): void {
    for (const message of messages) {
      if (message.seq > base && message.seq <= this.start) this.bySeq.set(message.seq, message);
    }
    this.start = base;
    this.sorted = null;
  }

  /** Gives up on what is missing: the server was asked and does not have it. */
  closeGaps(): void {
    this.contiguous = this.highest;
  }
}
