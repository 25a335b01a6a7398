/** The frames of docs/protocols/webchat.md, checked where they come in. */

import * as v from "valibot";

const Seq = v.pipe(v.number(), v.integer(), v.minValue(0));

/** A file as the card `file` carries it; `url` is signed. */
export const FileSchema = v.object({
  id: v.string(),
  name: v.string(),
  size: v.number(),
  content_type: v.string(),
  url: v.string(),
});
export type FileData = v.InferOutput<typeof FileSchema>;

/** Who serves: `position` in the queue, and how long it may take in seconds, from and to. */
const QueueSchema = v.object({
  by: v.fallback(v.picklist(["bot", "queue", "agent"]), "bot"),
  position: v.fallback(v.nullish(v.number()), null),
  wait: v.fallback(v.nullish(v.tuple([v.number(), v.number()])), null),
  name: v.fallback(v.nullish(v.string()), null),
});
export type Queue = v.InferOutput<typeof QueueSchema>;

export const MessageSchema = v.object({
  seq: v.pipe(Seq, v.minValue(1)),
  author: v.fallback(v.picklist(["customer", "bot", "agent", "system"]), "system"),
  client_id: v.nullish(v.string()),
  at: v.string(),
  type: v.fallback(v.picklist(["text", "card"]), "text"),
  text: v.string(),
  name: v.nullish(v.string()),
  card: v.nullish(v.string()),
  data: v.nullish(v.record(v.string(), v.unknown())),
  quick_replies: v.nullish(v.array(v.object({ title: v.string() }))),
});
/** One message of the conversation; `at` is UTC ISO 8601. */
export type Message = v.InferOutput<typeof MessageSchema>;

export const SessionSchema = v.object({
  token: v.string(),
  conversation: v.string(),
  verified: v.fallback(v.boolean(), false),
  last_seq: Seq,
  seen: v.nullish(Seq),
  renewed: v.nullish(v.boolean()),
  limits: v.fallback(v.object({ text: v.pipe(v.number(), v.minValue(1)) }), { text: 2000 }),
  title: v.nullish(v.string()),
});
export type Session = v.InferOutput<typeof SessionSchema>;

const ErrorSchema = v.object({
  type: v.literal("error"),
  code: v.string(),
  text: v.fallback(v.string(), ""),
  client_id: v.nullish(v.string()),
  retry_after: v.nullish(v.number()),
});
export type ErrorFrame = v.InferOutput<typeof ErrorSchema>;

const ServerFrameSchema = v.variant("type", [
  v.object({
    type: v.literal("welcome"),
    conversation: v.string(),
    last_seq: Seq,
    verified: v.fallback(v.boolean(), false),
    queue: v.nullish(QueueSchema),
  }),
  v.object({ type: v.literal("queue"), queue: QueueSchema }),
  v.object({ type: v.literal("ack"), client_id: v.string(), seq: Seq }),
  v.object({ type: v.literal("message"), message: MessageSchema }),
  v.object({ type: v.literal("typing"), on: v.boolean() }),
  v.object({ type: v.literal("verified"), verified: v.boolean() }),
  v.object({ type: v.literal("pong") }),
  ErrorSchema,
]);
export type ServerFrame = v.InferOutput<typeof ServerFrameSchema>;

/** The pressed quick reply number `index` of message `seq`. */
export type Choice = { seq: number; index: number };

/** A button for what the customer most likely came for; `own`: it says something of this very customer. */
export const PromptSchema = v.object({
  prompt: v.string(),
  title: v.string(),
  own: v.fallback(v.boolean(), false),
});
export type Prompt = v.InferOutput<typeof PromptSchema>;

export type MessageFrame = { type: "message"; client_id: string } & (
  | { text: string }
  | { choice: Choice }
  | { prompt: string }
  | { file: string }
);
export type ClientFrame =
  | MessageFrame
  | { type: "hello"; token: string; since: number }
  | { type: "seen"; seq: number }
  | { type: "typing"; text: string }
  | { type: "ping" };

/** The frame in `raw` (text or parsed JSON), or null when this version does not know it. */
export function decodeFrame(raw: unknown): ServerFrame | null {
  let value = raw;
  if (typeof raw === "string") {
    try {
      value = JSON.parse(raw);
    } catch {
      return null;
    }
  }
  const result = v.safeParse(ServerFrameSchema, value);
  return result.success ? result.output : null;
}

/** Closing codes of the socket that mean more than "try again". */
export const Close = { token: 4401, origin: 4403 } as const;
