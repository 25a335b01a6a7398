import type { ReactNode } from "react";
import * as v from "valibot";
import { FileSchema, type Message } from "../../chat/protocol";
import { BalanceCard } from "./BalanceCard";
import { ComplaintCard } from "./ComplaintCard";
import { BalanceSchema, ComplaintSchema, OperationSchema, PointsSchema } from "./data";
import { FileCard } from "./FileCard";
import { OperationCard } from "./OperationCard";
import { PointsCard } from "./PointsCard";
import { RatingCard } from "./RatingCard";

/** The card in a message; null when there is none, or one this version cannot show: its text says the same. */
export function cardOf(message: Message): ReactNode | null {
  const { card, data } = message;
  if (card === "points" && v.is(PointsSchema, data)) return <PointsCard data={v.parse(PointsSchema, data)} />;
  if (card === "balance" && v.is(BalanceSchema, data))
    return <BalanceCard data={v.parse(BalanceSchema, data)} />;
  if (card === "complaint" && v.is(ComplaintSchema, data)) {
    return <ComplaintCard data={v.parse(ComplaintSchema, data)} />;
  }
  if (card === "file" && v.is(FileSchema, data)) return <FileCard data={v.parse(FileSchema, data)} />;
  if (card === "operation" && v.is(OperationSchema, data)) {
    return <OperationCard data={v.parse(OperationSchema, data)} />;
  }
  if (card === "rating") return <RatingCard text={message.text} />;
  return null;
}
