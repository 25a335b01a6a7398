import { useNow } from "../../ui/clock";
import type { Allowance } from "../client/tickets";
import { useDesk, useStrings } from "../context";
import { span } from "../format";

const SOON_MS = 3_600_000;
const FEW = 1;

/** What WeChat still lets through to this customer: so many messages, until then. */
export function AllowanceLeft({ allowance }: { allowance: Allowance | null }) {
  const strings = useStrings();
  const { clockOffset } = useDesk();
  const now = useNow(1000, clockOffset);
  if (!allowance) return null;
  const { left, until, reachable } = allowance;
  const said = strings.compose.allowance;
  const rest = until === null ? null : Date.parse(until) - now;
  const over = !reachable || left === 0 || (rest !== null && rest <= 0);
  const soon = (left !== null && left <= FEW) || (rest !== null && rest < SOON_MS);
  const parts = [left !== null && said.left(left), rest !== null && said.until(span(rest, strings))];
  return (
    <span className="deadline allowance" data-mood={over ? "late" : soon ? "soon" : "calm"} title={said.why}>
      {reachable ? (over ? said.over : parts.filter(Boolean).join(" · ")) : said.gone}
    </span>
  );
}
