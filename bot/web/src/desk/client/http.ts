/** Calls to `/api/desk/`: JSON both ways, the session in a cookie, the CSRF token in a header. */

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** The server answered, but not with what was asked for; `message` is a sentence for the agent. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Record<string, unknown>,
  ) {
    super(message);
  }
}

const PATIENCE_MS = 20_000;

export class DeskHttp {
  csrf: string | null = null;
  /** The server's clock minus this device's, in ms, as of the last answer. */
  clockOffset = 0;
  /** Called when the server no longer knows the session. */
  onSignedOut: () => void = () => {};

  /** @param base address of the API with a trailing slash, e.g. `https://host/api/desk/` */
  constructor(
    readonly base: string,
    private readonly fetch: typeof globalThis.fetch,
  ) {}

  get<T>(path: string): Promise<T> {
    return this.call("GET", path);
  }

  post<T>(path: string, body: object = {}): Promise<T> {
    return this.call("POST", path, JSON.stringify(body));
  }

  put<T>(path: string, body: object): Promise<T> {
    return this.call("PUT", path, JSON.stringify(body));
  }

  patch<T>(path: string, body: object): Promise<T> {
    return this.call("PATCH", path, JSON.stringify(body));
  }

  delete<T>(path: string): Promise<T> {
    return this.call("DELETE", path);
  }

  upload<T>(path: string, file: File): Promise<T> {
    const form = new FormData();
    form.append("file", file, file.name);
    return this.call("POST", path, form);
  }

  private async call<T>(method: Method, path: string, body?: string | FormData): Promise<T> {
    const headers: Record<string, string> = {};
    if (typeof body === "string") headers["Content-Type"] = "application/json";
    if (method !== "GET" && this.csrf) headers["X-CSRF-Token"] = this.csrf;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), body instanceof FormData ? PATIENCE_MS * 6 : PATIENCE_MS);
    try {
      const response = await this.fetch(this.base + path, {
        method,
        headers,
        body: body ?? null,
        cache: "no-store",
        credentials: "same-origin",
        signal: limit.signal,
      });
      // The header has whole seconds, rounded down: the middle of the second is the best guess.
      const date = Date.parse(response.headers.get("Date") ?? "");
      if (!Number.isNaN(date)) this.clockOffset = date + 500 - Date.now();
      const json = parse(await response.text());
      if (response.ok) return json as T;
      throw this.refusal(response.status, json);
    } finally {
      clearTimeout(timer);
    }
  }

  private refusal(status: number, json: unknown): Refusal {
    const error = (json as { error?: Record<string, unknown> } | null)?.error ?? {};
    const { code, message, ...details } = error;
    if (status === 401 && code !== "bad_login") this.onSignedOut();
    return new Refusal(status, String(code ?? "unknown"), sentence(message, details, status), details);
  }
}

/** What to tell the agent: the server's sentence, and what is wrong with each field where it says so. */
function sentence(message: unknown, details: Record<string, unknown>, status: number): string {
  const problems = Array.isArray(details.problems) ? (details.problems as { message?: string }[]) : [];
  const parts = [typeof message === "string" ? message : "", ...problems.map((one) => one.message ?? "")];
  return parts.filter(Boolean).join(" ") || `HTTP ${status}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `path?query` of the values that are set. */
export function query(
  path: string,
  values: Record<string, string | number | boolean | null | undefined>,
): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== "") search.set(key, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}
