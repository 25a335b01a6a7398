import * as v from "valibot";
import { type Choice, type FileData, FileSchema, type MessageFrame } from "./protocol";
import type { SafeStorage } from "./storage";

const EntrySchema = v.object({
  client_id: v.string(),
  /** What the customer sees: the text, or the title of the pressed quick reply. */
  text: v.string(),
  choice: v.nullish(v.object({ seq: v.number(), index: v.number() })),
  /** A file that was uploaded before. */
  file: v.nullish(FileSchema),
  /** The name of the pressed prompt. */
  prompt: v.nullish(v.string()),
  /** When it was written, ms since the epoch; the order of sending. */
  at: v.number(),
  /** Set when sending was given up: the protocol's error and its sentence for the customer. */
  failed: v.nullish(v.object({ code: v.string(), text: v.string() })),
});
export type Entry = v.InferOutput<typeof EntrySchema>;
/** What a message is besides its text. */
export type Extra = {
  choice?: Choice;
  file?: FileData | null | undefined;
  prompt?: string | null | undefined;
};
export type Failure = NonNullable<Entry["failed"]>;

/**
 * What the customer wrote and the server has not acknowledged yet. Each entry is a key of its own, so two
 * tabs never overwrite each other's; sending one twice is harmless (same `client_id`).
 */
export class Outbox {
  private entries: Entry[] = [];

  constructor(
    private readonly storage: SafeStorage,
    private readonly conversation: string,
  ) {
    for (const key of storage.keys(this.prefix)) {
      const entry = parse(storage.get(key));
      if (entry) this.entries.push(entry);
      else storage.remove(key);
    }
    this.entries.sort((a, b) => a.at - b.at);
  }

  get all(): readonly Entry[] {
    return this.entries;
  }

  /** The next to send: the oldest that was not given up. */
  get next(): Entry | undefined {
    return this.entries.find((entry) => !entry.failed);
  }

  put(text: string, now: number, { choice, file, prompt }: Extra = {}): Entry {
    const newest = this.entries[this.entries.length - 1];
    const at = Math.max(now, (newest?.at ?? 0) + 1); // two in the same millisecond keep their order
    const extra = { ...(choice && { choice }), ...(file && { file }), ...(prompt && { prompt }) };
    const entry: Entry = { client_id: uuid(), text, at, ...extra };
    this.save(entry);
    this.entries = [...this.entries, entry];
    return entry;
  }

  /** Removes and returns an entry; undefined when it is not (or no longer) here. */
  take(client_id: string): Entry | undefined {
    const entry = this.entries.find((one) => one.client_id === client_id);
    if (entry) {
      this.entries = this.entries.filter((one) => one !== entry);
      this.storage.remove(this.prefix + client_id);
    }
    return entry;
  }

  /** Gives up sending, or with null takes it up again. */
  mark(client_id: string, failed: Failure | null): void {
    this.entries = this.entries.map((entry) => {
      if (entry.client_id !== client_id) return entry;
      const changed = { ...entry, failed };
      this.save(changed);
      return changed;
    });
  }

  /** Moves everything to another conversation's outbox. A pressed quick reply becomes what it said. */
  moveTo(other: Outbox): void {
    for (const { text, at, file, prompt } of this.entries) other.put(text, at, { file, prompt });
    this.clear();
  }

  clear(): void {
    for (const { client_id } of this.entries) this.storage.remove(this.prefix + client_id);
    this.entries = [];
  }

  private get prefix(): string {
    return `huitouke.outbox.${this.conversation}.`;
  }

  private save(entry: Entry): void {
    this.storage.set(this.prefix + entry.client_id, JSON.stringify(entry));
  }
}

export function frameOf(entry: Entry): MessageFrame {
  const { client_id, text, choice, file, prompt } = entry;
  if (file) return { type: "message", client_id, file: file.id };
  if (prompt) return { type: "message", client_id, prompt };
  return choice ? { type: "message", client_id, choice } : { type: "message", client_id, text };
}

function parse(raw: string | null): Entry | null {
  try {
    const result = v.safeParse(EntrySchema, JSON.parse(raw ?? ""));
    return result.success ? result.output : null;
  } catch {
    return null;
  }
}

/** A random UUID; `crypto.randomUUID` is missing on pages served without TLS. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
