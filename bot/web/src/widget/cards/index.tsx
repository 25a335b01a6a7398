import type { ReactNode } from "react";
import * as v from "valibot";
import type { Message } from "../../chat/protocol";
import { BalanceCard } from "./BalanceCard";
import { ComplaintCard } from "./ComplaintCard";
import { BalanceSchema, ComplaintSchema, PointsSchema } from "./data";
import { PointsCard } from "./PointsCard";

/** The card in a message; null when there is none, or one this version cannot show: its text says the same. */
export function cardOf(message: Message): ReactNode | null {
  const { card, data } = message;
  if (card === "points" && v.is(PointsSchema, data)) return <PointsCard data={v.parse(PointsSchema, data)} />;
  if (card === "balance" && v.is(BalanceSchema, data))
    return <BalanceCard data={v.parse(BalanceSchema, data)} />;
  if (card === "complaint" && v.is(ComplaintSchema, data)) {
    return <ComplaintCard data={v.parse(ComplaintSchema, data)} />;
  }
  return null;
}
