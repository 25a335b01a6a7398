import { Progress } from "@chatui/core";
import type { ReactNode } from "react";
import { useNow } from "../../ui/clock";
import { AlertIcon, CheckIcon, ClockIcon } from "../../ui/icons";
import { useSurroundings } from "../context";
import { duration, moment } from "../format";
import type { ComplaintData } from "./data";

/** The promise of a first reply: a clock that runs down, what became of it, or an apology. */
export function FirstReply({ data }: { data: ComplaintData }) {
  const { strings } = useSurroundings();
  const said = strings.complaint;
  if (data.first_reply_at) {
    const late = data.overdue || (data.first_reply_due ? data.first_reply_at > data.first_reply_due : false);
    return (
      <Promised mood={late ? "late" : "kept"} icon={late ? <AlertIcon size={16} /> : <CheckIcon size={16} />}>
        <b>{said.replied(moment(data.first_reply_at, strings))}</b>
        <span>{late ? said.late : said.inTime}</span>
      </Promised>
    );
  }
  if (data.state === "closed" || !data.first_reply_due) return null;
  return <Countdown received={data.received_at} due={data.first_reply_due} overdue={data.overdue} />;
}

function Countdown({ received, due, overdue }: { received: string; due: string; overdue: boolean }) {
  const { strings, clockOffset } = useSurroundings();
  const said = strings.complaint;
  const now = useNow(1000, clockOffset);
  const left = Date.parse(due) - now;
  if (overdue || left <= 0) {
    return (
      <Promised mood="late" icon={<AlertIcon size={16} />}>
        <b>{said.overdue(duration(-left, strings))}</b>
        <span>{said.sorry}</span>
      </Promised>
    );
  }
  const spent = 1 - left / (Date.parse(due) - Date.parse(received));
  return (
    <Promised mood={left < 4 * 3_600_000 ? "soon" : "open"} icon={<ClockIcon size={16} />}>
      <span>{said.left}</span>
      <b className="ticking" role="timer">
        {duration(left, strings)}
      </b>
      <Progress className="clock-bar" aria-hidden value={Math.min(100, Math.max(2, spent * 100))} />
      <span>{said.due(moment(due, strings))}</span>
    </Promised>
  );
}

function Promised(props: { mood: "open" | "soon" | "kept" | "late"; icon: ReactNode; children: ReactNode }) {
  return (
    <div className="promise" data-mood={props.mood}>
      <span className="promise-icon">{props.icon}</span>
      <div>{props.children}</div>
    </div>
  );
}
