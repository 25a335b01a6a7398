/** localStorage, or memory where the browser forbids it (third-party frames, private windows). */
export class SafeStorage {
  private readonly memory = new Map<string, string>();

  /** @param local the browser's storage; null when merely touching it threw */
  constructor(private readonly local: Storage | null) {}

  get(key: string): string | null {
    try {
      return this.local?.getItem(key) ?? this.memory.get(key) ?? null;
    } catch {
      return this.memory.get(key) ?? null;
    }
  }

  set(key: string, value: string): void {
    try {
      if (!this.local) throw new Error("no storage");
      this.local.setItem(key, value);
      this.memory.delete(key);
    } catch {
      this.memory.set(key, value); // full or forbidden: this page at least remembers
    }
  }

  remove(key: string): void {
    this.memory.delete(key);
    try {
      this.local?.removeItem(key);
    } catch {
      // nothing was kept
    }
  }

  keys(prefix: string): string[] {
    const found = new Set(this.memory.keys());
    try {
      for (let i = 0; i < (this.local?.length ?? 0); i++) found.add(this.local?.key(i) ?? "");
    } catch {
      // memory alone
    }
    return [...found].filter((key) => key.startsWith(prefix));
  }
}

/** The browser's storage, or null where it must not be touched. */
export function browserStorage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
