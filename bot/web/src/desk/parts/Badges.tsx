import type { Mood, Who } from "../client/tickets";
import { useStrings } from "../context";

export function MoodBadge({ mood }: { mood: Mood | null | undefined }) {
  const strings = useStrings();
  if (!mood || mood === "calm") return null;
  return (
    <span className="mood" data-mood={mood}>
      {strings.mood[mood] ?? mood}
    </span>
  );
}

export function WhoName({ who }: { who: Who }) {
  const strings = useStrings();
  return (
    <span className="who">
      <b>{who.name ?? strings.list.stranger}</b>
      {who.tier && <span className="tier-badge">{who.tier}</span>}
      {who.key_account && <span className="vip">{strings.list.vip}</span>}
    </span>
  );
}
