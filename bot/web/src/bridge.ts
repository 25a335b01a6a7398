/** What the loader in the merchant's page and the widget in its frame say to each other. */

const CHANNEL = "huitouke";

/** How the merchant's page wants the widget, as the script tag says. */
export type Settings = {
  userToken: string | null;
  title: string | null;
  color: string | null;
  locale: string | null;
};

export type ToWidget =
  | ({ type: "init"; open: boolean; kept: Record<string, string> } & Settings)
  | { type: "open"; open: boolean }
  | { type: "identify"; userToken: string | null };

export type ToHost =
  | { type: "ready" }
  | { type: "close" }
  | { type: "unread"; count: number }
  /** There is a conversation: load the widget with the page from now on, for what may come. */
  | { type: "active"; active: boolean }
  | { type: "token-refused" }
  /** Keep `value` under `key` for me (null: forget it): the browser blocks storage in my frame. */
  | { type: "keep"; key: string; value: string | null };

export function envelope(message: ToWidget | ToHost): object {
  return { channel: CHANNEL, ...message };
}

/**
 * The message in an event, if it comes from `source` and `origin` and is ours; null for everything else.
 * Fields are not checked beyond `type`: whoever reads one checks its type.
 */
export function unwrap(
  event: MessageEvent<unknown>,
  source: MessageEventSource | null,
  origin: string,
): Record<string, unknown> | null {
  if (!source || event.source !== source || event.origin !== origin) return null;
  const data = event.data;
  if (typeof data !== "object" || data === null) return null;
  const record = data as Record<string, unknown>;
  return record.channel === CHANNEL ? record : null;
}

export function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
