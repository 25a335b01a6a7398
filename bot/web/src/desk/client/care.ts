/** The operator's page of care, as docs/protocols/care-desk.md gives it. */

export type Audience = "service" | "survey" | "marketing";

export type Trigger = {
  name: string;
  title: string;
  audience: Audience;
  channels: string[];
  priority: number;
  cool_down_hours: number;
  on: boolean;
  hold_out: number;
  text: string;
  own_text: boolean;
  default_text: string;
  brief: string;
  way_out: string;
  placeholders: string[];
  goal: string | null;
  buttons: string[];
  changed_by: string | null;
  changed_at: string | null;
};

export type Overview = {
  paused: { paused: boolean; why: string; by: string | null; at: string | null };
  triggers: Trigger[];
  reasons: Record<string, string>;
};

export type Foreseen = {
  trigger: string;
  title: string;
  key: string;
  outcome: string;
  reason: string | null;
  why: string | null;
  until: string | null;
  channel: string | null;
  text: string | null;
};

export type Sample = Foreseen & { member_number: string; name: string };
export type Preview = { count: number; samples: Sample[] };

export type Effect = { told: number; held_out: number; difference: number; low: number; high: number };

export type TriggerResults = {
  trigger: string;
  planned: number;
  waiting: Record<string, number>;
  suppressed: Record<string, number>;
  sent: number;
  delivered: number;
  read: number;
  answered: number;
  goal: number;
  refused: number;
  to_agent: number;
  held_out: number;
  held_out_goal: number;
  effect: Effect | null;
};
export type Results = { from: string; to: string; triggers: TriggerResults[] };

export type Past = {
  trigger: string;
  key: string;
  state: string;
  reason: string | null;
  problem: string | null;
  planned_at: string | null;
  due_at: string | null;
  sent_at: string | null;
  text: string | null;
  decisions: { at: string; outcome: string; reason: string | null; until: string | null }[];
};
export type Explained = {
  customer: { member_number: string; name: string };
  now: Foreseen[];
  past: Past[];
};

export type CareEntry = {
  id: number;
  at: string;
  actor: string;
  action: string;
  trigger: string | null;
  before: unknown;
  after: unknown;
};

/** How many in all, whatever the reason. */
export function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((all, one) => all + one, 0);
}

/** `text` with `placeholder` in braces at `at`, and where the cursor stands then. */
export function inserted(text: string, placeholder: string, at: number): [string, number] {
  const piece = `{${placeholder}}`;
  return [text.slice(0, at) + piece + text.slice(at), at + piece.length];
}
