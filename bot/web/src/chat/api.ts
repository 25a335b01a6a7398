/** The HTTP half of the protocol: the session, and the long poll's two calls. */

import * as v from "valibot";
import {
  type ClientFrame,
  decodeFrame,
  type FileData,
  FileSchema,
  type Prompt,
  PromptSchema,
  type ServerFrame,
  type Session,
  SessionSchema,
} from "./protocol";

/** The server answered, but not with what was asked for. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly retryAfter: number | null,
  ) {
    super(message);
  }
}

export type SessionRequest = {
  token: string | null;
  user_token: string | null;
  locale: string;
  time_zone: string;
};

export class Api {
  /** @param base address of the API with a trailing slash, e.g. `https://host/api/web/` */
  constructor(
    private readonly base: string,
    private readonly fetch: typeof globalThis.fetch,
  ) {}

  get socketUrl(): string {
    return `${this.base.replace(/^http/, "ws")}socket`;
  }

  /** The session, and the server's clock in ms since the epoch (null when it did not say). */
  async openSession(request: SessionRequest, signal: AbortSignal) {
    const response = await this.call("session", { body: request, signal, seconds: 15 });
    // The header has whole seconds, rounded down: the middle of the second is the best guess.
    const date = Date.parse(response.headers.get("Date") ?? "");
    const session: Session = v.parse(SessionSchema, response.json);
    return { session, serverTime: Number.isNaN(date) ? null : date + 500 };
  }

  /** Frames after `since`, as many as the server gives at once; waits up to `wait` seconds for the first. */
  async frames(
    token: string,
    range: { since: number; wait: number },
    signal: AbortSignal,
  ): Promise<ServerFrame[]> {
    const query = new URLSearchParams({ since: String(range.since), wait: String(range.wait) });
    const response = await this.call(`messages?${query}`, { token, signal, seconds: range.wait + 10 });
    const body = v.parse(v.object({ frames: v.array(v.unknown()) }), response.json);
    return body.frames.map(decodeFrame).filter((frame) => frame !== null);
  }

  /** Sends one frame; the answer is an ack or an error frame, null when there is none. */
  async post(token: string, frame: ClientFrame, signal: AbortSignal): Promise<ServerFrame | null> {
    const response = await this.request("messages", { token, body: frame, signal, seconds: 15 });
    const answer = decodeFrame(response.json);
    if (response.ok || answer?.type === "error") return answer;
    throw refusal(response);
  }

  /** What whoever opens the chat most likely came for; none while something is being talked about. */
  async prompts(token: string, signal: AbortSignal): Promise<Prompt[]> {
    const response = await this.call("prompts", { token, signal, seconds: 10 });
    return v.parse(v.object({ prompts: v.array(PromptSchema) }), response.json).prompts;
  }

  /** Gives a file to the server; it is part of nothing until a message names it. */
  async upload(token: string, file: File): Promise<FileData> {
    const body = new FormData();
    body.append("file", file, file.name);
    const response = await this.fetch(`${this.base}files`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
      body,
      credentials: "omit",
    });
    const { ok, status, headers } = response;
    const answer = { ok, status, headers, json: parseJson(await response.text()) };
    if (!ok) throw refusal(answer);
    return v.parse(v.object({ file: FileSchema }), answer.json).file;
  }

  private async call(path: string, options: CallOptions): Promise<Answer> {
    const response = await this.request(path, options);
    if (!response.ok) throw refusal(response);
    return response;
  }

  private async request(path: string, { token, body, signal, seconds }: CallOptions): Promise<Answer> {
    const limit = new AbortController();
    const abort = () => limit.abort(signal.reason);
    const timer = setTimeout(
      () => limit.abort(new Error("the server did not answer in time")),
      seconds * 1000,
    );
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    const headers: Record<string, string> = {};
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    try {
      const response = await this.fetch(this.base + path, {
        method: body ? "POST" : "GET",
        headers,
        body: body ? JSON.stringify(body) : null,
        signal: limit.signal,
        cache: "no-store",
        credentials: "omit",
      });
      const { ok, status, headers: answered } = response;
      return { ok, status, headers: answered, json: parseJson(await response.text()) };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    }
  }
}

type Answer = { ok: boolean; status: number; headers: Headers; json: unknown };
type CallOptions = { token?: string; body?: object; signal: AbortSignal; seconds: number };

const RefusalSchema = v.object({
  code: v.string(),
  text: v.nullish(v.string()),
  message: v.nullish(v.string()),
  retry_after: v.nullish(v.number()),
});

function refusal({ status, headers, json }: Answer): Refusal {
  const inner = typeof json === "object" && json && "error" in json ? json.error : json;
  const result = v.safeParse(RefusalSchema, inner);
  const header = Number(headers.get("Retry-After") ?? Number.NaN);
  const retryAfter = Number.isFinite(header) ? header : null;
  if (!result.success) return new Refusal(status, "unknown", `HTTP ${status}`, retryAfter);
  const { code, text, message, retry_after } = result.output;
  return new Refusal(status, code, text ?? message ?? "", retry_after ?? retryAfter);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // an HTML error page of a proxy, for instance
  }
}
