/** People and settings, as docs/protocols/desk.md gives them. */

export type Role = "agent" | "supervisor" | "admin";
export type Duty = "on" | "away" | "off";
export type Named = { id: number; name: string };

export type Agent = Named & {
  login: string;
  role: Role;
  duty: Duty;
  online: boolean;
  load: number;
  capacity: number;
  skills: string[];
  languages: string[];
  teams: Named[];
  disabled: boolean;
};
export type Me = Agent & { must_change_password: boolean };

export type Coded = { code: string; name: string };

export type Settings = {
  company: string;
  topics: Coded[];
  languages: (string | Coded)[];
  reasons: Coded[];
  close_reasons: (Coded & { settled?: boolean })[];
  first_reply_seconds: number;
  limits: { text: number; file_bytes: number; file_types?: string[] };
  strategy: string;
  hours_text: string;
  open: boolean;
};

export type Team = Named & { topics: string[]; members: number[] };

const RANK: Record<Role, number> = { agent: 0, supervisor: 1, admin: 2 };

export function may(me: Pick<Agent, "role">, role: Role): boolean {
  return RANK[me.role] >= RANK[role];
}
