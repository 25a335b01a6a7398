import { Step, Stepper } from "@chatui/core";
import { useState } from "react";
import { FlagIcon } from "../../ui/icons";
import { useStrings } from "../context";
import { moment } from "../format";
import type { ComplaintData } from "./data";
import { FirstReply } from "./FirstReply";
import { Frame } from "./Frame";

/** So many entries are shown before one asks for all. */
const SHOWN = 3;

export function ComplaintCard({ data }: { data: ComplaintData }) {
  const { complaint: said } = useStrings();
  return (
    <Frame
      icon={<FlagIcon />}
      title={said.title}
      aside={
        <em className="state" data-state={data.state}>
          {data.state_text}
        </em>
      }
    >
      <p className="info-subject">{data.subject}</p>
      <p className="info-quiet">
        {said.number} <span className="mono">{data.number}</span>
      </p>
      <FirstReply data={data} />
      {data.next_step && (
        <p className="next-step">
          <b>{said.next}</b>
          {data.next_step}
        </p>
      )}
      <Timeline entries={data.timeline} open={data.state !== "closed"} />
    </Frame>
  );
}

function Timeline({ entries, open }: { entries: ComplaintData["timeline"]; open: boolean }) {
  const strings = useStrings();
  const said = strings.complaint;
  const [all, setAll] = useState(false);
  if (entries.length === 0) return null;
  const newestFirst = [...entries].reverse();
  const shown = all ? newestFirst : newestFirst.slice(0, SHOWN);
  return (
    <>
      <h3>{said.timeline}</h3>
      <Stepper className="timeline" current={open ? 0 : -1} inverted>
        {shown.map((entry) => (
          <Step key={entry.at + entry.text} title={entry.text} desc={moment(entry.at, strings)} />
        ))}
      </Stepper>
      {shown.length < entries.length && (
        <button type="button" className="more" onClick={() => setAll(true)}>
          {said.more(entries.length)}
        </button>
      )}
    </>
  );
}
