import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import type { Entry, Line, Message } from "../../src/desk/client/tickets";

type Frame = Record<string, unknown> & { type: string };

const ME = {
  id: 3,
  login: "xiaoli",
  name: "小李",
  role: "agent",
  duty: "on",
  online: true,
  load: 0,
  capacity: 4,
  skills: [],
  languages: ["zh"],
  teams: [],
  disabled: false,
  must_change_password: false,
};

/** A server that speaks docs/protocols/desk.md for one agent and one conversation, and can misbehave. */
export class FakeDesk {
  signedIn = true;
  csrf = "token-1";
  n = 10;
  lines: Line[] = [];
  messages: Message[] = [];
  entries: Entry[] = [];
  /** Answers for the next posts, instead of doing what they ask. */
  readonly refusals: { status: number; code: string; message: string }[] = [];
  readonly posts: { path: string; body: Record<string, unknown>; csrf: string | undefined }[] = [];
  readonly hellos: Frame[] = [];
  readonly watches: Frame[] = [];
  private readonly sockets = new Set<WebSocket>();
  private server: Server | null = null;

  get base(): string {
    const port = (this.server?.address() as AddressInfo | undefined)?.port;
    return `http://127.0.0.1:${port}/api/desk/`;
  }

  async start(): Promise<void> {
    const sockets = new WebSocketServer({ noServer: true });
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.on("upgrade", (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (ws) => this.talk(ws)),
    );
    await new Promise<void>((resolve) => this.server?.listen(0, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    this.cut();
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  /** Ends every socket: with a closing code, or as if a cable was cut. */
  cut(code = 0): void {
    for (const socket of this.sockets) code ? socket.close(code) : socket.terminate();
    this.sockets.clear();
  }

  tell(frame: Frame): void {
    for (const socket of this.sockets) socket.send(JSON.stringify(frame));
  }

  /** The customer writes; who watches is told. */
  say(text: string): void {
    const seq = this.messages.length + 1;
    const message: Message = { seq, author: "customer", at: new Date().toISOString(), type: "text", text };
    this.messages.push(message);
    this.tell({ type: "message", conversation: "c-1", message });
  }

  /** A ticket changes; everybody is told. */
  change(line: Line): void {
    this.n += 1;
    const changed = { ...line, n: this.n };
    this.lines = [...this.lines.filter(({ id }) => id !== line.id), changed];
    this.tell({ type: "ticket", n: this.n, ticket: changed });
  }

  private talk(socket: WebSocket): void {
    socket.on("close", () => this.sockets.delete(socket));
    socket.on("message", (raw) => this.hear(socket, JSON.parse(String(raw)) as Frame));
  }

  private hear(socket: WebSocket, frame: Frame): void {
    const send = (answer: Frame) => socket.send(JSON.stringify(answer));
    if (frame.type === "ping") send({ type: "pong" });
    else if (frame.type === "hello") this.welcome(socket, frame, send);
    else if (frame.type === "watch") {
      this.watches.push(frame);
      send({
        type: "watching",
        conversation: "c-1",
        last_seq: this.messages.length,
        seen_seq: 0,
        viewers: [],
      });
      for (const message of this.messages.slice(Number(frame.since_seq))) {
        send({ type: "message", conversation: "c-1", message });
      }
    }
  }

  private welcome(socket: WebSocket, frame: Frame, send: (answer: Frame) => void): void {
    this.hellos.push(frame);
    if (frame.csrf !== this.csrf) {
      socket.close(4403);
      return;
    }
    this.sockets.add(socket);
    send({ type: "welcome", n: this.n, agent: ME });
    for (const ticket of this.lines) {
      if (ticket.n > Number(frame.since)) send({ type: "ticket", n: ticket.n, ticket });
    }
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.base);
    const path = url.pathname.replace("/api/desk/", "");
    const reply = (status: number, body: unknown) => {
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    };
    if (request.method === "POST") {
      let text = "";
      for await (const part of request) text += part;
      const body = JSON.parse(text || "{}") as Record<string, unknown>;
      this.posts.push({ path, body, csrf: request.headers["x-csrf-token"] as string | undefined });
      const refusal = this.refusals.shift();
      if (refusal) return reply(refusal.status, { error: refusal });
      return reply(200, this.done(path, body));
    }
    if (!this.signedIn) return reply(401, { error: { code: "unauthorized", message: "请登录" } });
    return reply(200, this.read(path, url.searchParams));
  }

  private done(path: string, body: Record<string, unknown>): unknown {
    if (path === "login") this.signedIn = true;
    if (!path.endsWith("/messages")) return { agent: ME, csrf: this.csrf, ticket: this.lines[0] };
    const client_id = String(body.client_id);
    const known = this.messages.find((message) => message.client_id === client_id);
    const seq = known?.seq ?? this.messages.length + 1;
    const at = new Date().toISOString();
    const message: Message = { seq, author: "agent", at, type: "text", text: String(body.text), client_id };
    if (!known) this.messages.push(message);
    return { seq, at };
  }

  private read(path: string, range: URLSearchParams): unknown {
    if (path === "me") return { agent: ME, csrf: this.csrf, settings: { topics: [], close_reasons: [] } };
    if (path === "tickets") {
      return { tickets: this.lines, next: null, counts: { queue: 0, mine: 0, unread: 0 }, n: this.n };
    }
    if (path.endsWith("/messages")) {
      const messages = this.messages.slice(Number(range.get("since") ?? 0));
      return { messages, last_seq: this.messages.length, seen_seq: 0 };
    }
    return { ticket: this.lines[0], entries: this.entries, summary: null, viewers: [] };
  }
}

export function line(change: Partial<Line> = {}): Line {
  return {
    id: 17,
    n: 1,
    conversation: "c-1",
    kind: "live",
    state: "waiting",
    reason: "requested",
    topic: null,
    channel: "web",
    language: "zh",
    customer: { name: null, tier: null, key_account: false, verified: false, known: false },
    owner: "queue",
    owner_version: 1,
    agent: null,
    team: null,
    offer: null,
    opened_at: "2026-11-22T08:00:00Z",
    queued_at: "2026-11-22T08:00:00Z",
    rank_at: "2026-11-22T08:00:00Z",
    assigned_at: null,
    first_reply_at: null,
    closed_at: null,
    close_reason: null,
    unread: 0,
    emotion: null,
    last: null,
    waits_since: null,
    reply_due: null,
    complaint_due: null,
    callback: null,
    rating: null,
    ...change,
  };
}
