import { en } from "./en";
import { type Strings, zh } from "./zh";

export type { Strings };
export { en, zh };

export function stringsFor(locale: string): Strings {
  return /^zh\b/i.test(locale) ? zh : en;
}
