/** What a card carries (docs/protocols/webchat.md, Cards). Money is integer fen. */

import * as v from "valibot";

export const PointsSchema = v.object({
  total: v.number(),
  tier: v.nullish(v.string()),
  expiring: v.fallback(v.array(v.object({ points: v.number(), on: v.string() })), []),
});
export type PointsData = v.InferOutput<typeof PointsSchema>;

export const BalanceSchema = v.object({
  total: v.number(),
  cards: v.array(
    v.object({
      number: v.string(),
      type: v.string(),
      principal: v.number(),
      bonus: v.fallback(v.number(), 0),
      held: v.fallback(v.number(), 0),
      valid_until: v.nullish(v.string()),
      state: v.string(),
    }),
  ),
});
export type BalanceData = v.InferOutput<typeof BalanceSchema>;

export const ComplaintSchema = v.object({
  number: v.string(),
  subject: v.string(),
  state: v.string(),
  state_text: v.string(),
  received_at: v.string(),
  first_reply_due: v.nullish(v.string()),
  first_reply_at: v.nullish(v.string()),
  overdue: v.fallback(v.boolean(), false),
  timeline: v.fallback(v.array(v.object({ at: v.string(), text: v.string() })), []),
  next_step: v.nullish(v.string()),
});
export type ComplaintData = v.InferOutput<typeof ComplaintSchema>;

export const OperationSchema = v.object({
  id: v.number(),
  agent: v.string(),
  text: v.string(),
  terms: v.string(),
});
export type OperationData = v.InferOutput<typeof OperationSchema>;
