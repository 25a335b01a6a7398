import { MessageLog } from "../../chat/log";
import { Outbox, type Entry as Unsent } from "../../chat/outbox";
import type { FileData } from "../../chat/protocol";
import type { SafeStorage } from "../../chat/storage";
import { Store } from "../../chat/store";
import type { ServerFrame } from "./frames";
import { type DeskHttp, query } from "./http";
import { Sender } from "./sender";
import type { Timing } from "./socket";
import type { Allowance, Entry, Line, Message, Summary, Viewer } from "./tickets";

const PAGE = 60;

export type ThreadState = {
  ticket: number | null;
  /** What the server has was loaded once. */
  ready: boolean;
  problem: string | null;
  messages: readonly Message[];
  /** Written here and not stored by the server yet. */
  pending: readonly Unsent[];
  hasEarlier: boolean;
  entries: readonly Entry[];
  summary: Summary | null;
  viewers: readonly Viewer[];
  /** What the customer writes now; null: nobody writes. */
  typing: { who: string; text: string } | null;
  /** The customer has seen up to here. */
  seenSeq: number;
  /** What may still be sent; null: as much as one likes. */
  allowance: Allowance | null;
};

const EMPTY: ThreadState = {
  ticket: null,
  ready: false,
  problem: null,
  messages: [],
  pending: [],
  hasEarlier: false,
  entries: [],
  summary: null,
  viewers: [],
  typing: null,
  seenSeq: 0,
  allowance: null,
};

export type Opened = { ticket: Line; entries: Entry[]; summary: Summary; viewers: Viewer[] };
type Page = { messages: Message[]; last_seq: number; seen_seq: number };

/** One conversation as an agent has it open: its messages and its ticket's entries, each once and in order. */
export class Thread {
  readonly state = new Store<ThreadState>(EMPTY);
  private log = new MessageLog<Message>(0);
  private readonly entries = new Map<number, Entry>();
  private readonly outbox: Outbox;
  private readonly sender: Sender;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly conversation: string,
    private readonly http: DeskHttp,
    storage: SafeStorage,
    private readonly timing: Timing,
    writer: number,
  ) {
    // One agent's unsent words must never go out under another's name.
    this.outbox = new Outbox(storage, `desk.${writer}.${conversation}`);
    this.sender = new Sender(this.outbox, http, `conversations/${conversation}/messages`, timing, {
      stored: (entry, seq, at) => this.stored(entry, seq, at),
      changed: () => this.publish(),
    });
  }

  /** Where to resume: what is missing comes after these. */
  get since(): { since_seq: number; ticket?: number; since_number?: number } {
    const { ticket } = this.state.get();
    const number = Math.max(0, ...this.entries.keys());
    return ticket === null
      ? { since_seq: this.log.upTo }
      : { since_seq: this.log.upTo, ticket, since_number: number };
  }

  /** Takes over what the server says of the ticket. */
  setTicket(opened: Opened): void {
    if (this.state.get().ticket !== opened.ticket.id) this.entries.clear();
    for (const entry of opened.entries) this.entries.set(entry.number, entry);
    this.state.set({ ticket: opened.ticket.id, summary: opened.summary, viewers: opened.viewers });
    this.publish();
  }

  /** Loads the newest page, or after a pause everything that came meanwhile. */
  async load(): Promise<void> {
    const { ready } = this.state.get();
    const page = await this.page(ready ? { since: this.log.upTo, limit: 200 } : { limit: PAGE });
    if (!ready) this.log = new MessageLog<Message>(Math.max(0, (page.messages[0]?.seq ?? 1) - 1));
    for (const message of page.messages) this.log.add(message);
    this.state.set({ ready: true, problem: null, seenSeq: page.seen_seq });
    this.publish();
    this.sender.pump();
  }

  async loadEarlier(): Promise<void> {
    if (this.log.base === 0) return;
    const { messages } = await this.page({ before: this.log.base + 1, limit: PAGE });
    this.log.prepend(messages, Math.max(0, (messages[0]?.seq ?? 1) - 1));
    this.publish();
  }

  write(text: string): void {
    this.outbox.put(text, Date.now());
    this.publish();
    this.sender.pump();
  }

  writeFile(file: FileData): void {
    this.outbox.put(file.name, Date.now(), { file });
    this.publish();
    this.sender.pump();
  }

  resend(client_id: string): void {
    this.outbox.mark(client_id, null);
    this.publish();
    this.sender.pump();
  }

  discard(client_id: string): void {
    this.outbox.take(client_id);
    this.publish();
  }

  receive(frame: ServerFrame): void {
    switch (frame.type) {
      case "message":
        this.message(frame.message);
        break;
      case "entry":
        this.entries.set(frame.entry.number, frame.entry);
        this.publish();
        break;
      case "watching":
        this.state.set({ viewers: frame.viewers, seenSeq: frame.seen_seq });
        this.sender.hurry();
        break;
      case "allowance":
        this.state.set({ allowance: frame.allowance });
        break;
      case "viewers":
        this.state.set({ viewers: frame.viewers });
        break;
      case "seen":
        this.state.set({ seenSeq: Math.max(frame.seq, this.state.get().seenSeq) });
        break;
      case "typing":
        this.typing(frame.on ? { who: frame.who, text: frame.text ?? "" } : null);
        break;
      default:
        break;
    }
  }

  stop(): void {
    this.sender.stop();
    this.typing(null);
  }

  private message(message: Message): void {
    if (message.seq <= this.log.base) return;
    if (message.author === "customer") this.typing(null);
    if (message.client_id) this.outbox.take(message.client_id);
    this.log.add(message);
    if (this.log.hasGap) void this.load().catch(() => {}); // the next connection asks again
    this.publish();
  }

  private stored(entry: Unsent, seq: number, at: string): void {
    const known = this.log.messages.some((message) => message.seq === seq);
    if (!known) {
      const { client_id, text, file } = entry;
      const card = file
        ? ({ type: "card", card: "file", data: { ...file } } as const)
        : ({ type: "text" } as const);
      this.log.add({ seq, at, client_id, text, author: "agent", state: "sending", ...card });
    }
    this.publish();
  }

  private typing(typing: ThreadState["typing"]): void {
    clearTimeout(this.typingTimer);
    this.state.set({ typing });
    if (typing) this.typingTimer = setTimeout(() => this.state.set({ typing: null }), this.timing.typing);
  }

  private page(range: Record<string, number>): Promise<Page> {
    return this.http.get(query(`conversations/${this.conversation}/messages`, range));
  }

  private publish(): void {
    this.state.set({
      messages: this.log.messages,
      pending: this.outbox.all,
      hasEarlier: this.log.base > 0,
      entries: [...this.entries.values()].sort((a, b) => a.number - b.number),
    });
  }
}
