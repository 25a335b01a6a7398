import * as v from "valibot";
import { browserStorage, SafeStorage } from "../chat/storage";
import { Store } from "../chat/store";

const KEY = "huitouke.desk.wishes";

const WishesSchema = v.object({
  sound: v.fallback(v.boolean(), true),
  keys: v.fallback(v.boolean(), true),
  language: v.fallback(v.nullable(v.picklist(["zh-CN", "en"])), null),
  side: v.fallback(v.boolean(), true),
  theme: v.fallback(v.nullable(v.picklist(["light", "dark"])), null),
});
/** What an agent wants on this device. `language` null: the browser's; `theme` null: the device's. */
export type Wishes = v.InferOutput<typeof WishesSchema>;

const storage = new SafeStorage(browserStorage());
export const wishes = new Store<Wishes>(read());

export function wish(change: Partial<Wishes>): void {
  wishes.set(change);
  storage.set(KEY, JSON.stringify(wishes.get()));
}

function read(): Wishes {
  try {
    return v.parse(WishesSchema, JSON.parse(storage.get(KEY) ?? "{}"));
  } catch {
    return v.parse(WishesSchema, {});
  }
}

/** Paints the page as wished. */
export function applyTheme(root: HTMLElement): void {
  const { theme } = wishes.get();
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
}
