import * as v from "valibot";
import { type Api, Refusal } from "./api";
import type { SafeStorage } from "./storage";

export const SESSION_KEY = "huitouke.session";
const StoredSchema = v.object({
  token: v.string(),
  conversation: v.string(),
  /** Whom the merchant's site named when the session was opened; null: nobody. */
  subject: v.nullish(v.string()),
});

/** Gets and keeps the visitor's session; tabs that start together agree on one. */
export class SessionKeeper {
  /** The merchant's word for who this is; null: nobody in particular. */
  userToken: string | null = null;

  constructor(
    private readonly api: Api,
    private readonly storage: SafeStorage,
    private readonly place: { locale: string; timeZone: string },
    private readonly onRefused: () => void,
  ) {}

  get stored(): v.InferOutput<typeof StoredSchema> | null {
    try {
      const result = v.safeParse(StoredSchema, JSON.parse(this.storage.get(SESSION_KEY) ?? ""));
      return result.success ? result.output : null;
    } catch {
      return null;
    }
  }

  /** The kept session is another person's than the one the merchant's site names now. */
  get isOfAnother(): boolean {
    const before = this.stored?.subject;
    const now = subjectOf(this.userToken);
    return Boolean(before && now && before !== now);
  }

  open(signal: AbortSignal) {
    return alone(SESSION_KEY, () => this.request(signal));
  }

  forget(): void {
    this.storage.remove(SESSION_KEY);
  }

  private async request(signal: AbortSignal) {
    try {
      return await this.post(signal);
    } catch (problem) {
      if (!(problem instanceof Refusal) || problem.code !== "bad_user_token") throw problem;
      console.warn(
        "Huitouke: the server refused this user token; the visitor stays anonymous.",
        problem.message,
      );
      this.userToken = null;
      this.onRefused();
      return this.post(signal);
    }
  }

  private async post(signal: AbortSignal) {
    if (this.isOfAnother) this.forget(); // never show one person's conversation to the next
    const before = this.stored;
    const opened = await this.api.openSession(
      {
        token: before?.token ?? null,
        user_token: this.userToken,
        locale: this.place.locale,
        time_zone: this.place.timeZone,
      },
      signal,
    );
    const { token, conversation } = opened.session;
    const kept = before?.conversation === conversation ? before.subject : null;
    const subject = subjectOf(this.userToken) ?? kept ?? null;
    this.storage.set(SESSION_KEY, JSON.stringify({ token, conversation, subject }));
    // A signed-in person's unsent words wait for them; they do not become an anonymous visitor's.
    return { ...opened, inherits: !before?.subject || before.subject === subject };
  }
}

/** The subject a JWT names. Only the server can tell whether it is genuine; here it tells people apart. */
export function subjectOf(jwt: string | null): string | null {
  try {
    const payload = (jwt?.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0));
    const { sub } = JSON.parse(new TextDecoder().decode(bytes));
    return typeof sub === "string" || typeof sub === "number" ? String(sub) : null;
  } catch {
    return null;
  }
}

/**
 * Runs `work` while no other tab does. Pages served without TLS have no locks, and frames whose storage is
 * blocked may not use them: there it just runs.
 */
async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks: LockManager | undefined = globalThis.navigator?.locks;
  if (!locks) return work();
  let began = false;
  try {
    return await locks.request(name, () => {
      began = true;
      return work();
    });
  } catch (problem) {
    if (began) throw problem;
    return work();
  }
}
