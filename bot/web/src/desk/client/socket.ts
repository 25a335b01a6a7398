import { Backoff } from "../../chat/timing";
import { type ClientFrame, Close, decodeFrame, type ServerFrame } from "./frames";

export const TIMING = {
  /** From opening the socket to `welcome`. */
  welcome: 8_000,
  /** Silence after which we ping, and how long the answer may take. */
  ping: 15_000,
  pong: 8_000,
  backoff: { first: 400, most: 15_000 },
  /** How often a message is tried while the server cannot take it. */
  resend: { first: 500, most: 10_000 },
  /** A typing sign without news ends by itself. */
  typing: 8_000,
};
export type Timing = typeof TIMING;

export type SocketStatus = "connecting" | "online" | "offline";

export type SocketOwner = {
  hello(): Extract<ClientFrame, { type: "hello" }>;
  onFrame(frame: ServerFrame): void;
  onStatus(status: SocketStatus): void;
  /** The session ended, or its token is no longer good: false when there is no use in trying again. */
  onEnded(code: number): Promise<boolean>;
};

const OPEN = 1;

/** The socket to the desk: stays connected, notices a dead cable, and comes back after growing pauses. */
export class DeskSocket {
  private socket: WebSocket | null = null;
  private welcomed = false;
  private running = false;
  private failures = 0;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private readonly backoff: Backoff;

  constructor(
    private readonly make: () => WebSocket,
    private readonly owner: SocketOwner,
    private readonly timing: Timing = TIMING,
  ) {
    this.backoff = new Backoff(timing.backoff);
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.owner.onStatus("connecting");
    this.open();
  }

  stop(): void {
    this.running = false;
    clearTimeout(this.retry);
    this.drop();
  }

  /** Sends a frame; false when there is no connection to send it over. */
  send(frame: ClientFrame): boolean {
    if (!this.welcomed || this.socket?.readyState !== OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** The network is back or the page visible: tries now, and checks a connection that looks alive. */
  wake(): void {
    if (!this.running) return;
    if (this.welcomed) this.ping();
    else if (!this.socket) this.open();
  }

  /** The device says that it has no network. */
  sleep(): void {
    if (this.running) this.lost(0);
  }

  private open(): void {
    clearTimeout(this.retry);
    let socket: WebSocket;
    try {
      socket = this.make();
    } catch {
      this.lost(0);
      return;
    }
    this.socket = socket;
    this.expect(this.timing.welcome);
    socket.onopen = () => socket.send(JSON.stringify(this.owner.hello()));
    socket.onmessage = (event) => this.receive(event.data);
    socket.onerror = () => {};
    socket.onclose = (event) => this.lost(event.code);
  }

  private receive(raw: unknown): void {
    const frame = decodeFrame(raw);
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.ping(), this.timing.ping);
    if (!frame || frame.type === "pong") return;
    if (frame.type === "welcome") {
      this.welcomed = true;
      this.failures = 0;
      this.backoff.reset();
      this.owner.onFrame(frame);
      this.owner.onStatus("online");
      return;
    }
    this.owner.onFrame(frame);
  }

  private ping(): void {
    this.send({ type: "ping" });
    this.expect(this.timing.pong);
  }

  private expect(within: number): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.lost(0), within);
  }

  private lost(code: number): void {
    this.drop();
    if (!this.running) return;
    this.failures += 1;
    this.owner.onStatus(
      this.failures > 1 || globalThis.navigator?.onLine === false ? "offline" : "connecting",
    );
    const again = () => {
      if (this.running) this.retry = setTimeout(() => this.open(), this.backoff.next());
    };
    if (code !== Close.session && code !== Close.refused) again();
    else
      void this.owner.onEnded(code).then((useful) => {
        if (useful) again();
        else this.stop();
      });
  }

  private drop(): void {
    clearTimeout(this.watchdog);
    this.welcomed = false;
    const { socket } = this;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    if (socket.readyState <= OPEN) socket.close();
  }
}
