import type { Me } from "../client/people";
import { may } from "../client/people";
import type { Line } from "../client/tickets";

/** What I may do with a conversation now, by its state and my role. */
export type Standing = {
  mine: boolean;
  offered: boolean;
  take: boolean;
  takeover: boolean;
  accept: boolean;
  pass: boolean;
  assign: boolean;
  withdraw: boolean;
  reopen: boolean;
  callback: boolean;
};

export function standing(line: Line | null, me: Me): Standing {
  const open = line !== null && line.state !== "closed";
  const mine = open && line.state === "assigned" && line.agent?.id === me.id;
  const offered = open && line.offer?.to.agent?.id === me.id;
  const boss = may(me, "supervisor");
  return {
    mine,
    offered,
    take: open && line.state === "waiting",
    takeover: line === null || (open && line.state === "assigned" && !mine && !offered && boss),
    accept: offered,
    pass: mine && line.offer === null,
    assign: open && boss,
    withdraw: mine && line.offer !== null,
    reopen: line !== null && line.state === "closed",
    callback: mine && line.callback?.state === "open",
  };
}
