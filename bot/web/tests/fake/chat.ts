import type { EventEmitter } from "node:events";

export type Said = {
  seq: number;
  author: string;
  text: string;
  at: string;
  type: string;
  [more: string]: unknown;
};
export type Frame = { type: string; message?: Said; [more: string]: unknown };

/** The visitors of a fake server. */
export class Chat {
  readonly conversations: FakeConversation[] = [];
  /** User tokens the server refuses. */
  badUserTokens = new Set<string>();

  byToken(token: string): FakeConversation | undefined {
    return this.conversations.find((one) => one.token === token);
  }

  byOwner(owner: string): FakeConversation {
    const one = this.conversations.find((each) => each.owner === owner);
    if (!one) throw new Error("this customer was never here");
    return one;
  }

  /** The newest conversation. */
  get newest(): FakeConversation {
    const one = this.conversations[this.conversations.length - 1];
    if (!one) throw new Error("nobody has opened a session");
    return one;
  }

  openSession(body: Record<string, unknown>): Record<string, unknown> | null {
    const userToken = body.user_token ? String(body.user_token) : null;
    if (userToken && this.badUserTokens.has(userToken)) return null;
    // As on the real server: a signed-in customer has a conversation of their own, wherever they come from.
    const known = this.conversations.find((one) =>
      userToken ? one.owner === userToken : one.token === body.token && !one.owner,
    );
    const conversation = known ?? new FakeConversation(this.conversations.length + 1, userToken);
    if (!known) this.conversations.push(conversation);
    return {
      token: conversation.token,
      conversation: conversation.id,
      verified: Boolean(conversation.owner),
      last_seq: conversation.lastSeq,
      limits: { text: 2000 },
      title: "回头客商城",
      ...(body.token && !known ? { renewed: true } : {}),
    };
  }
}

/** One conversation: numbers what is said, remembers client ids, tells everybody who listens. */
export class FakeConversation {
  readonly id: string;
  token: string;
  readonly said: Said[] = [];
  /** What to answer instead of taking the next messages. */
  readonly refusals: Frame[] = [];
  /** Store, but do not acknowledge: the answer is lost on its way. */
  loseAcks = 0;
  private readonly acks = new Map<string, number>();
  private readonly listeners = new Set<(frame: Frame) => void>();

  constructor(
    number: number,
    readonly owner: string | null,
  ) {
    this.id = `c-${number}`;
    this.token = `t-${number}`;
  }

  get lastSeq(): number {
    return this.said.length;
  }

  get texts(): string[] {
    return this.said.map(({ text }) => text);
  }

  /** Says something as `author`; returns its number. */
  say(author: string, text: string, more: object = {}): number {
    const said = { seq: this.lastSeq + 1, author, text, type: "text", at: new Date().toISOString(), ...more };
    this.said.push(said);
    this.tell({ type: "message", message: said });
    return said.seq;
  }

  tell(frame: Frame): void {
    for (const listener of this.listeners) listener(frame);
  }

  take(frame: Frame): Frame | null {
    if (frame.type !== "message") return null;
    const client_id = String(frame.client_id);
    const refusal = this.refusals.shift();
    if (refusal) return { text: "", client_id, ...refusal };
    const choice = frame.choice as { seq: number; index: number } | undefined;
    const text = choice ? `choice ${choice.seq}/${choice.index}` : String(frame.text);
    const seq = this.acks.get(client_id) ?? this.say("customer", text, { client_id });
    this.acks.set(client_id, seq);
    if (this.loseAcks-- > 0) return null;
    return { type: "ack", client_id, seq };
  }

  after(since: number): Frame[] {
    return this.said.slice(since).map((message) => ({ type: "message", message }));
  }

  join(since: number, listener: (frame: Frame) => void): () => void {
    this.after(since).forEach(listener);
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Long poll: what is after `since`, else the next frame, else nothing after `seconds`. */
  async wait(since: number, seconds: number, response: EventEmitter): Promise<Frame[]> {
    if (this.lastSeq > since || seconds === 0) return this.after(since);
    return new Promise((resolve) => {
      const finish = (frames: Frame[]) => {
        clearTimeout(timer);
        leave();
        resolve(frames);
      };
      const timer = setTimeout(() => finish([]), seconds * 1000);
      const leave = this.join(since, (frame) => finish([frame]));
      response.once("close", () => finish([]));
    });
  }
}
