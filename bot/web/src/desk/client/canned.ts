export type Canned = {
  id: number;
  shortcut: string;
  title: string;
  text: string;
  topic: string | null;
  intents: string[];
  shared: boolean;
  mine: boolean;
};

/** The replies that fit what was typed after "/": by shortcut first, then title, then text. */
export function matching(all: readonly Canned[], typed: string, most = 8): Canned[] {
  const word = typed.trim().toLowerCase();
  const rank = ({ shortcut, title, text }: Canned) => {
    if (shortcut.toLowerCase().startsWith(word)) return 0;
    if (title.toLowerCase().includes(word)) return 1;
    return text.toLowerCase().includes(word) ? 2 : 3;
  };
  return all
    .map((one) => ({ one, rank: rank(one) }))
    .filter((found) => found.rank < 3)
    .sort((a, b) => a.rank - b.rank || a.one.shortcut.localeCompare(b.one.shortcut))
    .slice(0, most)
    .map(({ one }) => one);
}

export type Suggestion = {
  text: string;
  from: "canned" | "facts";
  canned?: number | null;
  intent: string | null;
  confidence: number | null;
};
