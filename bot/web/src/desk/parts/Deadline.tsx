import type { ReactNode } from "react";
import { useNow } from "../../ui/clock";
import { useDesk, useStrings } from "../context";
import { span } from "../format";

/** How a deadline stands: calm, soon (less than a quarter is left, or `soonMs`), late. */
export function urgency(dueMs: number, now: number, soonMs: number): "calm" | "soon" | "late" {
  if (now >= dueMs) return "late";
  return dueMs - now <= soonMs ? "soon" : "calm";
}

type Props = { due: string; soonMs: number; label: string; lateLabel: string; icon?: ReactNode };

/** A clock that runs towards `due` and on past it. */
export function Deadline({ due, soonMs, label, lateLabel, icon }: Props) {
  const strings = useStrings();
  const { clockOffset } = useDesk();
  const now = useNow(1000, clockOffset);
  const end = Date.parse(due);
  const mood = urgency(end, now, soonMs);
  return (
    <span className="deadline" data-mood={mood} title={mood === "late" ? lateLabel : label}>
      <span className="sr">{mood === "late" ? lateLabel : label} </span>
      {icon}
      {mood === "late" ? "+" : ""}
      {span(Math.abs(end - now), strings)}
    </span>
  );
}

/** How long ago `since` was. */
export function Since({ since, label }: { since: string; label: string }) {
  const strings = useStrings();
  const { clockOffset } = useDesk();
  const now = useNow(1000, clockOffset);
  return (
    <span className="since" title={label}>
      <span className="sr">{label} </span>
      {span(now - Date.parse(since), strings)}
    </span>
  );
}
