/** The customer panel and store operations, as docs/protocols/desk.md gives them. Money is integer fen. */

import type { Entry } from "./tickets";

export type Complaint = {
  number: string;
  subject: string;
  state: string;
  state_text: string;
  received_at: string;
};

/** Something the customer owns, what was done to it (newest first) and what is due next. */
export type CareCard = {
  number: string;
  kind: string;
  model: string;
  installed_on: string | null;
  meter: number | null;
  meter_unit: string | null;
  visits: { at: string; kind: string; text: string; meter: number | null }[];
  next: {
    name: string;
    due_on: string | null;
    due_meter: number | null;
    overdue: boolean;
    expected: boolean;
  }[];
};

export type Customer = {
  known: boolean;
  verified: boolean;
  member_number?: string | null;
  name?: string | null;
  phone?: string | null;
  tier?: string | null;
  key_account?: boolean;
  manager?: { name: string; phone: string } | null;
  points?: { total: number; expiring: { points: number; on: string }[] } | null;
  balance?: {
    total: number;
    cards: { number: string; type: string; principal: number; bonus: number; state: string }[];
  } | null;
  complaints?: Complaint[];
  orders?: {
    number: string;
    state: string;
    total: number;
    placed_at: string;
    items: { name: string; quantity: number }[];
  }[];
  care_cards?: CareCard[];
  consents?: { purpose: string; channel: string | null; decision: string; at: string }[];
  feedback?: { score: number | null; tags: string[]; at: string }[];
  tickets?: {
    id: number;
    topic: string | null;
    state: string;
    opened_at: string;
    close_reason: string | null;
  }[];
  may_unmask?: string[];
};

export type OperationField = {
  name: string;
  type: "points" | "money" | "card" | "text" | "choice";
  label: string;
  options?: (string | { value: string; label: string })[] | null;
  required?: boolean;
};

export type Operation = {
  id: number;
  kind: string;
  title: string;
  params: Record<string, unknown>;
  state: "offered" | "done" | "refused" | "failed" | "expired";
  needs_customer: boolean;
  result: string | null;
  at: string;
  by: { id: number; name: string };
};

export type Operations = {
  operations: Operation[];
  may: {
    kind: string;
    title: string;
    fields: OperationField[];
    needs_customer: boolean;
    why_not: string | null;
  }[];
};

export type ComplaintRow = Complaint & {
  category: string | null;
  customer: { name: string | null; tier: string | null; key_account?: boolean } | null;
  first_reply_due: string | null;
  first_reply_at: string | null;
  overdue: boolean;
  owner: { id: number; name: string } | string | null;
  green_channel: boolean;
  escalation: number | string | null;
};

export type ComplaintFile = ComplaintRow & {
  body: string;
  timeline: {
    at: string;
    step: string;
    text: string;
    actor: string | null;
    actor_kind: string;
    public: boolean;
  }[];
  steps: string[];
};

/** The values of an operation's form, as the server wants them: money comes in yuan and goes as fen. */
export function paramsOf(fields: readonly OperationField[], form: FormData): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap(({ name, type }) => {
      const text = String(form.get(name) ?? "").trim();
      if (!text) return [];
      if (type === "money") return [[name, Math.round(Number(text) * 100)]];
      return [[name, type === "points" ? Number(text) : text]];
    }),
  );
}

export function operationsIn(entries: readonly Entry[]): number {
  return entries.filter(({ kind }) => kind === "operation").length;
}
