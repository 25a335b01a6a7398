import type { Line } from "../client/tickets";
import type { Strings } from "../strings";
import type { Standing } from "./standing";

/** Why I cannot answer the customer now; null: I can. */
export function lockOf(line: Line | null, stands: Standing, strings: Strings): string | null {
  const said = strings.talk.lock;
  if (line === null) return said.bot;
  if (stands.mine) return null;
  if (line.state === "closed") return said.closed;
  if (line.state === "waiting") return said.queue;
  return said.other(line.agent?.name ?? line.team?.name ?? "");
}
