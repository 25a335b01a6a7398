import { SafeStorage } from "../../chat/storage";
import { Store } from "../../chat/store";
import { Book } from "./book";
import { Close, type ServerFrame } from "./frames";
import { DeskHttp, query, Refusal } from "./http";
import type { Duty, Me, Settings } from "./people";
import { DeskSocket, TIMING, type Timing } from "./socket";
import { type DeskState, type News, START } from "./state";
import { type Opened, Thread } from "./thread";
import type { Counts, Line, View } from "./tickets";

export type DeskOptions = {
  /** Address of the API with a trailing slash, e.g. `https://host/api/desk/`. */
  base: string;
  storage: Storage | null;
  fetch?: typeof globalThis.fetch;
  makeSocket?: (url: string) => WebSocket;
  timing?: Partial<Timing>;
};

type Session = { agent: Me; csrf: string; settings: Settings };
type List = { tickets: Line[]; next: string | null; counts: Counts; n: number };

/** The agent's side of the desk: signed in or not, connected, complete after every interruption. */
export class DeskClient {
  readonly state = new Store<DeskState>(START);
  readonly http: DeskHttp;
  readonly storage: SafeStorage;
  private readonly timing: Timing;
  private readonly socket: DeskSocket;
  private readonly book: Book;
  private readonly threads = new Map<string, Thread>();
  private readonly watched = new Set<string>();
  private readonly listeners = new Set<(news: News) => void>();
  private view: string | null = null;
  private duty: Promise<unknown> = Promise.resolve();

  constructor(options: DeskOptions) {
    this.timing = { ...TIMING, ...options.timing };
    this.http = new DeskHttp(options.base, options.fetch ?? globalThis.fetch.bind(globalThis));
    this.http.onSignedOut = () => this.leave();
    this.storage = new SafeStorage(options.storage);
    this.book = new Book(this.state, (news) => this.tell(news));
    const make = options.makeSocket ?? ((url: string) => new WebSocket(url));
    this.socket = new DeskSocket(
      () => make(`${options.base.replace(/^http/, "ws")}socket`),
      {
        hello: () => ({ type: "hello", csrf: this.http.csrf ?? "", since: this.book.n }),
        onFrame: (frame) => this.receive(frame),
        onStatus: (status) => this.state.set({ status }),
        onEnded: (code) => this.ended(code),
      },
      this.timing,
    );
  }

  /** Finds out who is signed in, loads the lists and connects. */
  async start(): Promise<void> {
    try {
      const { agent, csrf, settings } = await this.http.get<Session>("me");
      this.http.csrf = csrf;
      this.state.set({ phase: "in", me: agent, settings, clockOffset: this.http.clockOffset });
      if (agent.must_change_password) return;
      await this.loadLists();
      this.socket.start();
    } catch (problem) {
      if (problem instanceof Refusal && problem.status === 401) this.state.set({ phase: "out" });
      else this.state.set({ phase: "unreachable" });
    }
  }

  stop(): void {
    this.socket.stop();
    for (const thread of this.threads.values()) thread.stop();
  }

  async login(login: string, password: string): Promise<void> {
    const { csrf } = await this.http.post<Session>("login", { login, password });
    this.http.csrf = csrf;
    await this.start();
  }

  async logout(): Promise<void> {
    await this.http.post("logout").catch(() => {});
    this.leave();
  }

  async changePassword(old: string, password: string): Promise<void> {
    await this.http.post("password", { old, new: password });
    await this.start();
  }

  async setDuty(duty: Duty): Promise<void> {
    const { me } = this.state.get();
    if (me) this.state.set({ me: { ...me, duty } });
    // One after the other: of two quick choices the later one must hold.
    const asked = this.duty.then(() => this.http.post<{ agent: Me }>("duty", { duty }));
    this.duty = asked.catch(() => {});
    const latest = this.duty;
    try {
      const { agent } = await asked;
      if (this.duty === latest) this.state.set({ me: agent });
    } catch (refused) {
      if (this.duty === latest) this.state.set({ me });
      throw refused;
    }
  }

  /** Loads a list from its beginning, or with `more` its next page. */
  async loadView(view: View, filters: Record<string, string> = {}, more = false): Promise<number> {
    const cursor = more ? this.state.get().more[view] : null;
    const list = await this.http.get<List>(query("tickets", { view, limit: 100, cursor, ...filters }));
    const whole = !more && list.next === null && Object.keys(filters).length === 0;
    this.book.fill(list.tickets, whole ? view : null);
    this.state.set({ more: { ...this.state.get().more, [view]: list.next }, counts: list.counts });
    return list.n;
  }

  /** The tickets of a list that have to do with `q`: a number or a phone. */
  async find(view: View, q: string): Promise<number[]> {
    const { tickets } = await this.http.get<List>(query("tickets", { view, q, limit: 100 }));
    this.book.fill(tickets, null);
    return tickets.map(({ id }) => id);
  }

  /** Tells the server which list is on the screen. */
  look(view: string | null): void {
    this.view = view;
    this.socket.send({ type: "view", view });
  }

  /** Opens a ticket: loads its story and keeps it up to date until `close`. */
  async open(ticket: number): Promise<Thread> {
    const opened = await this.http.get<Opened>(`tickets/${ticket}`);
    this.book.put(opened.ticket);
    const thread = this.thread(opened.ticket.conversation);
    thread.setTicket(opened);
    await this.follow(thread);
    return thread;
  }

  /** Opens a conversation that has no ticket: the bot has it. */
  async openConversation(conversation: string): Promise<Thread> {
    const thread = this.thread(conversation);
    await this.follow(thread);
    return thread;
  }

  close(conversation: string): void {
    this.watched.delete(conversation);
    this.socket.send({ type: "unwatch", conversation });
  }

  /** One of the calls on a ticket that answer with the ticket, e.g. `tickets/17/take`. */
  async act(path: string, body: object = {}): Promise<Line> {
    const { ticket } = await this.http.post<{ ticket: Line }>(path, body);
    this.book.put(ticket);
    return ticket;
  }

  typing(conversation: string, on: boolean): void {
    this.socket.send({ type: "typing", conversation, on });
  }

  seen(conversation: string, seq: number): void {
    this.socket.send({ type: "seen", conversation, seq });
  }

  dismiss(notice: number): void {
    this.state.set({ notices: this.state.get().notices.filter((one) => one.id !== notice) });
  }

  /** Calls `listener` for every news; returns how to stop that. */
  onNews(listener: (news: News) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  wake(): void {
    if (this.state.get().phase === "unreachable") void this.start();
    this.socket.wake();
  }

  sleep(): void {
    this.socket.sleep();
  }

  private async loadLists(): Promise<void> {
    const numbers = await Promise.all([this.loadView("queue"), this.loadView("mine")]);
    this.book.n = Math.min(...numbers);
  }

  private async follow(thread: Thread): Promise<void> {
    await thread.load();
    this.watched.add(thread.conversation);
    this.watch(thread);
  }

  private watch(thread: Thread): void {
    this.socket.send({ type: "watch", conversation: thread.conversation, ...thread.since });
  }

  private thread(conversation: string): Thread {
    const known = this.threads.get(conversation);
    if (known) return known;
    const made = new Thread(conversation, this.http, this.storage, this.timing, this.state.get().me?.id ?? 0);
    this.threads.set(conversation, made);
    return made;
  }

  private receive(frame: ServerFrame): void {
    if (frame.type === "welcome") this.welcomed(frame.agent);
    else if (frame.type === "reset") void this.reset(frame.n);
    else if ("conversation" in frame) this.threads.get(frame.conversation)?.receive(frame);
    else if (frame.type === "entry") {
      for (const thread of this.threads.values()) {
        if (thread.state.get().ticket === frame.ticket) thread.receive(frame);
      }
    } else this.book.receive(frame);
  }

  private welcomed(me: Me): void {
    this.state.set({ me });
    if (this.view) this.socket.send({ type: "view", view: this.view });
    for (const conversation of this.watched) {
      const thread = this.threads.get(conversation);
      if (thread) this.watch(thread);
    }
  }

  private async reset(n: number): Promise<void> {
    this.book.n = n;
    await this.loadLists().catch(() => {});
    this.book.n = Math.max(n, this.book.n ?? 0);
  }

  /** The socket was refused: perhaps only its token is old. */
  private async ended(code: number): Promise<boolean> {
    try {
      const { csrf, agent } = await this.http.get<Session>("me");
      this.http.csrf = csrf;
      this.state.set({ me: agent });
      return true;
    } catch (problem) {
      const out = problem instanceof Refusal && problem.status === 401;
      if (out || code === Close.session) this.leave();
      return !out;
    }
  }

  private leave(): void {
    this.stop();
    this.threads.clear();
    this.watched.clear();
    this.http.csrf = null;
    this.book.n = null;
    if (this.state.get().phase !== "starting") this.state.set({ ...START, phase: "out" });
  }

  private tell(news: News): void {
    for (const listener of this.listeners) listener(news);
  }
}
