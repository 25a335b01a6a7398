import { Api } from "./api";
import { Connection } from "./connection";
import { Conversation, UNNAMED } from "./conversation";
import { PAGE } from "./history";
import type { Choice, Prompt } from "./protocol";
import { Route, type Source } from "./route";
import { SESSION_KEY, SessionKeeper } from "./session";
import { START } from "./state";
import { SafeStorage } from "./storage";
import { Store } from "./store";
import { TIMING, type Timing } from "./timing";

export type ClientOptions = {
  /** Address of the API with a trailing slash, e.g. `https://host/api/web/`. */
  base: string;
  locale: string;
  timeZone: string;
  storage: Storage | null;
  fetch?: typeof globalThis.fetch;
  makeSocket?: (url: string) => WebSocket;
  timing?: Partial<Timing>;
  /** The server did not accept the user token, e.g. because it expired. */
  onUserTokenRefused?: () => void;
};

/** The visitor's side of a web chat: stays connected, loses nothing, and keeps `state` true. */
export class ChatClient {
  readonly state = new Store(START);
  private readonly api: Api;
  private readonly storage: SafeStorage;
  private readonly timing: Timing;
  private readonly keeper: SessionKeeper;
  private readonly connection: Connection;
  private current: Conversation;
  /** The server must be told who this is before the next connection. */
  private renew = false;

  constructor(options: ClientOptions) {
    this.timing = { ...TIMING, ...options.timing };
    this.api = new Api(options.base, options.fetch ?? globalThis.fetch.bind(globalThis));
    this.storage = new SafeStorage(options.storage);
    this.keeper = new SessionKeeper(this.api, this.storage, options, () => options.onUserTokenRefused?.());
    const makeSocket = options.makeSocket ?? ((url: string) => new WebSocket(url));
    this.connection = new Connection(new Route(this.api, makeSocket, this.timing), this.timing, {
      source: (signal) => this.source(signal),
      onFrame: (frame) => this.current.receive(frame),
      onStatus: (status) => this.state.set({ status }),
      onLink: (link) => this.current.attach(link),
      onTokenEnded: () => {
        this.current.history = null;
      },
    });
    this.current = this.open(this.keeper.stored?.conversation ?? UNNAMED);
  }

  /** A session was begun in this browser before. */
  get hasSession(): boolean {
    return this.keeper.stored !== null;
  }

  /** Connects and stays connected. Starting twice does nothing. */
  start(): void {
    this.connection.start();
  }

  stop(): void {
    this.connection.stop();
    this.current.stop();
  }

  /**
   * Says who the visitor is: a token signed by the merchant's site, or null for "no longer anybody", which
   * forgets the conversation here. Starts the client unless there is nobody to start it for.
   */
  identify(userToken: string | null): void {
    const running = this.connection.signal !== null;
    if (userToken === this.keeper.userToken && (running || !userToken)) return;
    this.stop();
    this.keeper.userToken = userToken;
    this.renew = true;
    if (!userToken || this.keeper.isOfAnother) this.leave();
    if (userToken || running) this.start();
  }

  /** Writes a message: kept at once, sent when possible. Blank or too long text is refused with false. */
  send(text: string): boolean {
    const clean = text.trim();
    if (!clean || [...clean].length > this.state.get().limit) return false;
    this.current.write(clean);
    this.connection.hurry();
    return true;
  }

  /** Presses a quick reply: number `choice.index` of message `choice.seq`, which reads `title`. */
  choose(choice: Choice, title: string): void {
    this.current.write(title, { choice });
    this.connection.hurry();
  }

  /** Presses a button that was offered before anything was said. */
  ask({ prompt, title }: Prompt): void {
    this.current.write(title, { prompt });
    this.connection.hurry();
  }

  /** Asks what the customer, who has just opened the chat, most likely came for. */
  async loadPrompts(): Promise<void> {
    const conversation = this.current;
    const { history, outbox } = conversation;
    const { signal } = this.connection;
    if (!history || !signal) return;
    try {
      const prompts = await this.api.prompts(history.session.token, signal);
      if (conversation === this.current && outbox.all.length === 0) this.state.set({ prompts });
    } catch {
      // without them there are the questions that everybody may ask
    }
  }

  /** Says what is being written; it is shown to an agent who serves this conversation, and not kept. */
  typing(text: string): void {
    if (this.state.get().queue?.by === "agent") this.connection.send({ type: "typing", text });
  }

  /** Uploads a file and sends it. Throws a Refusal when the server does not take it. */
  async sendFile(file: File): Promise<void> {
    const { history } = this.current;
    if (!history) return;
    const uploaded = await this.api.upload(history.session.token, file);
    this.current.write(uploaded.name, { file: uploaded });
    this.connection.hurry();
  }

  /** Sends again what could not be sent. */
  resend(client_id: string): void {
    this.current.outbox.mark(client_id, null);
    this.current.publish();
    this.current.sender.pump();
    this.connection.hurry();
  }

  /** Drops what could not be sent. */
  discard(client_id: string): void {
    this.current.outbox.take(client_id);
    this.current.publish();
  }

  /** The customer sees everything there is. */
  see(): void {
    const { history } = this.current;
    if (!history?.see()) return;
    this.connection.send({ type: "seen", seq: history.seen });
    this.current.publish();
  }

  /** Loads a page of what was said before. */
  async loadEarlier(): Promise<void> {
    const conversation = this.current;
    const { history } = conversation;
    const { signal } = this.connection;
    if (!history?.log.base || !signal || this.state.get().loadingEarlier) return;
    this.state.set({ loadingEarlier: true });
    const since = Math.max(0, history.log.base - PAGE);
    try {
      const frames = await this.api.frames(history.session.token, { since, wait: 0 }, signal);
      const messages = frames.flatMap((frame) => (frame.type === "message" ? [frame.message] : []));
      history.log.prepend(messages, since);
    } catch {
      // what was not loaded can be asked for again
    }
    this.state.set({ loadingEarlier: false });
    if (conversation === this.current) conversation.publish();
  }

  /** Something changed for the better (network back, page visible): try now instead of later. */
  wake(): void {
    this.connection.wake();
  }

  /** The device says that it has no network. */
  sleep(): void {
    this.connection.sleep();
  }

  /** Another tab wrote `key` of the storage both share (null: all of it went). */
  storageChanged(key: string | null): void {
    const { history } = this.current;
    const stored = this.keeper.stored?.conversation;
    if ((key === SESSION_KEY || key === null) && history && stored !== this.current.id) {
      const running = this.connection.signal !== null;
      this.stop();
      this.show(this.open(stored ?? UNNAMED));
      if (running) this.start();
      return;
    }
    history?.readSeen();
    this.current.publish();
  }

  private async source(signal: AbortSignal): Promise<Source> {
    const known = this.renew ? null : this.current.history;
    const history = known ?? (await this.beginSession(signal));
    return { token: history.session.token, since: () => history.log.upTo };
  }

  private async beginSession(signal: AbortSignal) {
    const { session, serverTime, inherits } = await this.keeper.open(signal);
    if (signal.aborted) throw new Error("stopped");
    this.renew = false;
    if (session.conversation !== this.current.id) {
      const next = this.open(session.conversation);
      if (inherits) this.current.outbox.moveTo(next.outbox);
      this.show(next);
    }
    this.state.set({
      conversation: session.conversation,
      verified: session.verified,
      title: session.title ?? null,
      limit: session.limits.text,
      clockOffset: serverTime === null ? 0 : serverTime - Date.now(),
    });
    return this.current.begin(session);
  }

  /** The person at this device is no longer the one who wrote: nothing of theirs stays. */
  private leave(): void {
    this.keeper.forget();
    this.current.outbox.clear();
    this.show(this.open(UNNAMED));
    this.state.set({ ...START, status: this.state.get().status });
  }

  private show(conversation: Conversation): void {
    this.current.stop();
    this.current = conversation;
    this.state.set({ prompts: null });
    conversation.publish();
  }

  private open(id: string): Conversation {
    return new Conversation(id, {
      storage: this.storage,
      timing: this.timing,
      onChange: (change) => this.state.set(change),
      fetchAfter: async (since) => {
        const { history } = this.current;
        const { signal } = this.connection;
        if (!history || !signal) return [];
        return this.api.frames(history.session.token, { since, wait: 0 }, signal);
      },
    });
  }
}
