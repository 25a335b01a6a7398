import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { Chat, type FakeConversation, type Frame } from "./chat";

/** A server that speaks docs/protocols/webchat.md over real sockets, and can be told to misbehave. */
export class FakeServer {
  readonly chat = new Chat();
  /** Refuse socket upgrades, as some company networks do. */
  blockSockets = false;
  /** Take sockets but never answer, as some proxies do. */
  muteSockets = false;
  /** Answer everything over HTTP with 503. */
  down = false;
  readonly seenFrames: Frame[] = [];
  readonly sessions: Record<string, unknown>[] = [];
  socketsOpened = 0;
  private server: Server | null = null;
  private sockets = new Set<WebSocket>();
  private port = 0;

  get base(): string {
    return `http://127.0.0.1:${this.port}/api/web/`;
  }

  async start(): Promise<void> {
    const sockets = new WebSocketServer({ noServer: true });
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.on("upgrade", (request, socket, head) => {
      if (this.blockSockets || this.down) {
        socket.destroy();
        return;
      }
      sockets.handleUpgrade(request, socket, head, (ws) => this.talk(ws));
    });
    await new Promise<void>((resolve) => this.server?.listen(this.port, "127.0.0.1", resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.cut(1012);
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  /** Ends every socket: with a closing code, or (0) as if a cable was cut. */
  cut(code: number): void {
    for (const socket of this.sockets) code ? socket.close(code) : socket.terminate();
    this.sockets.clear();
  }

  private talk(socket: WebSocket): void {
    this.socketsOpened += 1;
    this.sockets.add(socket);
    const send = (frame: Frame) => socket.readyState === socket.OPEN && socket.send(JSON.stringify(frame));
    let leave = () => {};
    let conversation: FakeConversation | undefined;
    socket.on("close", () => {
      this.sockets.delete(socket);
      leave();
    });
    socket.on("message", (raw) => {
      if (this.muteSockets) return;
      const frame = JSON.parse(String(raw)) as Frame;
      this.seenFrames.push(frame);
      if (frame.type === "ping") send({ type: "pong" });
      else if (frame.type === "hello") {
        conversation = this.chat.byToken(String(frame.token));
        if (!conversation) return socket.close(4401);
        send({
          type: "welcome",
          conversation: conversation.id,
          last_seq: conversation.lastSeq,
          verified: Boolean(conversation.owner),
        });
        leave = conversation.join(Number(frame.since), send);
      } else {
        const answer = conversation?.take(frame);
        if (answer) send(answer);
      }
      return undefined;
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = (status: number, body: unknown) => {
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    };
    if (this.down) return reply(503, "<html>Bad gateway</html>");
    const url = new URL(request.url ?? "/", this.base);
    if (url.pathname.endsWith("/session")) {
      const body = JSON.parse(await text(request)) as Record<string, unknown>;
      this.sessions.push(body);
      const opened = this.chat.openSession(body);
      return reply(opened ? 200 : 401, opened ?? { error: { code: "bad_user_token", message: "expired" } });
    }
    const conversation = this.chat.byToken((request.headers.authorization ?? "").replace("Bearer ", ""));
    if (!conversation) return reply(401, { type: "error", code: "bad_token", text: "" });
    if (request.method === "POST") {
      const frame = JSON.parse(await text(request)) as Frame;
      this.seenFrames.push(frame);
      const answer = conversation.take(frame);
      return reply(answer?.type === "error" ? 429 : 200, answer ?? {});
    }
    const since = Number(url.searchParams.get("since"));
    const until = Number(url.searchParams.get("until") ?? Number.POSITIVE_INFINITY);
    const frames = await conversation.wait(since, Number(url.searchParams.get("wait")), response);
    return reply(200, { frames: frames.filter((frame) => (frame.message?.seq ?? 0) <= until) });
  }
}

async function text(request: IncomingMessage): Promise<string> {
  let all = "";
  for await (const part of request) all += part;
  return all;
}
