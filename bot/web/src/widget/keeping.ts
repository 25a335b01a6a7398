import { browserStorage } from "../chat/storage";
import type { Host } from "./host";

/**
 * Where the widget keeps its session: in its own frame's storage, which the page around it cannot read. Some
 * browsers block that in frames of another site; then the page keeps it, or every click on a link would end
 * the conversation.
 */
export function keeping(host: Host | null, kept: Record<string, string>): Storage | null {
  return browserStorage() ?? (host && new HostStorage(host, kept));
}

/** Storage that the page around us holds. */
class HostStorage implements Storage {
  private readonly items: Map<string, string>;

  constructor(
    private readonly host: Host,
    kept: Record<string, string>,
  ) {
    this.items = new Map(Object.entries(kept));
  }

  get length(): number {
    return this.items.size;
  }

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  key(index: number): string | null {
    return [...this.items.keys()][index] ?? null;
  }

  setItem(key: string, value: string): void {
    this.items.set(key, value);
    this.host.tell({ type: "keep", key, value });
  }

  removeItem(key: string): void {
    if (this.items.delete(key)) this.host.tell({ type: "keep", key, value: null });
  }

  clear(): void {
    for (const key of [...this.items.keys()]) this.removeItem(key);
  }
}
