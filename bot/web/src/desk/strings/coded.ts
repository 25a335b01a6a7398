import type { Coded, Settings } from "../client/people";
import type { Strings } from "./index";

/** English names of the server's codes; in Chinese the server's own names hold. */
const EN: Record<string, string> = {
  points: "Points",
  billing: "Cards and bills",
  repair: "Repair and visits",
  complaints: "Complaints",
  orders: "Orders",
  membership: "Membership and offers",
  privacy: "Personal data",
  other: "Other",
  requested: "Asked for a person",
  not_understood: "Not understood",
  anger: "Upset",
  green_channel: "Green channel",
  person_only: "For a person only",
  agent: "An agent's decision",
  solved: "Solved",
  answered: "Answered",
  forwarded: "Forwarded",
  no_answer: "No more answer",
  not_possible: "Not possible",
  spam: "Spam or abuse",
  duplicate: "Duplicate",
  wrong_number: "By mistake",
};

const LANGUAGES: Record<string, string> = { zh: "中文", en: "English" };

function inEnglish<T extends Coded>(list: readonly T[]): T[] {
  return list.map((one) => ({ ...one, name: EN[one.code] ?? one.name }));
}

const known = new WeakMap<Settings, Map<string, Settings>>();

/** The settings with names in the agent's language; the same object for the same settings. */
export function settingsIn(settings: Settings | null, lang: Strings["lang"]): Settings | null {
  if (!settings) return null;
  const made = known.get(settings) ?? new Map<string, Settings>();
  known.set(settings, made);
  const found = made.get(lang) ?? translated(settings, lang);
  made.set(lang, found);
  return found;
}

function translated(settings: Settings, lang: Strings["lang"]): Settings {
  const languages = settings.languages.map((one) =>
    typeof one === "string" ? { code: one, name: LANGUAGES[one] ?? one } : one,
  );
  if (lang !== "en") return { ...settings, languages };
  return {
    ...settings,
    languages,
    topics: inEnglish(settings.topics),
    reasons: inEnglish(settings.reasons),
    close_reasons: inEnglish(settings.close_reasons),
  };
}
