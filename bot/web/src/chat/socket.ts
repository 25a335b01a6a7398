import type { Ending, Link, OnFrame, Start } from "./link";
import { type ClientFrame, Close, decodeFrame } from "./protocol";
import type { Timing } from "./timing";

const OPEN = 1; // WebSocket.OPEN

/** The socket, from `hello` on; a heartbeat notices a connection that died without a word. */
export class SocketLink implements Link {
  readonly kind = "socket";
  readonly ended: Promise<Ending>;
  private welcomed = false;
  private settle: (ending: Ending) => void = () => {};
  private timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(
    private readonly socket: WebSocket,
    private readonly onFrame: OnFrame,
    private readonly timing: Timing,
  ) {
    this.ended = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  /** Resolves with the link once `welcome` came, or with the reason why it did not. */
  static open(
    make: () => WebSocket,
    start: Start,
    onFrame: OnFrame,
    timing: Timing,
    signal: AbortSignal,
  ): Promise<SocketLink | Ending> {
    return new Promise((resolve) => {
      let socket: WebSocket;
      try {
        socket = make();
      } catch {
        resolve("lost"); // a browser or policy that forbids the socket throws here
        return;
      }
      const link = new SocketLink(socket, onFrame, timing);
      const abort = () => link.end();
      signal.addEventListener("abort", abort);
      link.ended.then((ending) => {
        signal.removeEventListener("abort", abort);
        resolve(ending);
      });
      link.begin(start, () => resolve(link));
      if (signal.aborted) link.end();
    });
  }

  send(frame: ClientFrame): void {
    if (this.socket.readyState === OPEN) this.socket.send(JSON.stringify(frame));
  }

  end(): void {
    this.finish("lost");
  }

  probe(): void {
    if (this.welcomed) this.ping();
  }

  private begin(start: Start, onWelcome: () => void): void {
    this.expect(this.timing.welcome);
    this.socket.onopen = () => this.send({ type: "hello", ...start });
    this.socket.onclose = (event) => this.finish(endingOf(event.code));
    this.socket.onerror = () => {}; // a close event follows and says more
    this.socket.onmessage = (event) => {
      const frame = decodeFrame(event.data);
      if (frame?.type === "welcome" && !this.welcomed) {
        this.welcomed = true;
        onWelcome();
      }
      if (this.welcomed) this.rest();
      if (frame && frame.type !== "pong") this.onFrame(frame);
    };
  }

  private rest(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ping(), this.timing.ping);
  }

  private ping(): void {
    this.send({ type: "ping" });
    this.expect(this.timing.pong);
  }

  private expect(within: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.end(), within);
  }

  private finish(ending: Ending): void {
    clearTimeout(this.timer);
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    // A dead connection may take minutes to report "closed": we do not wait for it.
    if (this.socket.readyState <= OPEN) this.socket.close();
    this.settle(ending);
  }
}

function endingOf(code: number): Ending {
  if (code === Close.token) return "token";
  return code === Close.origin ? "refused" : "lost";
}
