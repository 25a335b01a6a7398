/** What the loader keeps in the merchant's page: a mark, and the widget's own things where its frame may not. */

const ACTIVE_KEY = "huitouke.active";
const PREFIX = "huitouke.kept:";

/** Somebody has talked to us in this browser. */
export function wasActive(): boolean {
  return withStorage((storage) => storage.getItem(ACTIVE_KEY) === "1") ?? false;
}

export function setActive(active: boolean): void {
  withStorage((storage) => {
    if (active) storage.setItem(ACTIVE_KEY, "1");
    else storage.removeItem(ACTIVE_KEY);
  });
}

/** Everything the widget asked us to keep. */
export function allKept(): Record<string, string> {
  const kept: Record<string, string> = {};
  withStorage((storage) => {
    for (let i = 0; i < storage.length; i++) {
      const key = storage.key(i) ?? "";
      if (key.startsWith(PREFIX)) kept[key.slice(PREFIX.length)] = storage.getItem(key) ?? "";
    }
  });
  return kept;
}

export function keep(key: unknown, value: unknown): void {
  if (typeof key !== "string") return;
  withStorage((storage) => {
    if (typeof value === "string") storage.setItem(PREFIX + key, value);
    else storage.removeItem(PREFIX + key);
  });
}

/** Nothing here is worth an error in the merchant's page: storage may be full or forbidden. */
function withStorage<T>(work: (storage: Storage) => T): T | null {
  try {
    return work(localStorage);
  } catch {
    return null;
  }
}
