import { memo } from "react";
import type { Line, View } from "../client/tickets";
import { useDesk, useStrings } from "../context";
import { nameOf, when } from "../format";
import { BoardIcon } from "../icons";
import { MoodBadge, WhoName } from "../parts/Badges";
import { Deadline, Since } from "../parts/Deadline";
import { href } from "../router";

const HOUR = 3_600_000;

export const TicketItem = memo(function TicketItem(props: { line: Line; view: View; chosen: boolean }) {
  const { line, view, chosen } = props;
  const strings = useStrings();
  const { settings } = useDesk();
  const said = strings.list;
  const topic = nameOf(settings?.topics, line.topic);
  const reason = nameOf(settings?.reasons, line.reason);
  return (
    <li>
      <a
        className="ticket"
        href={href(view, line.id)}
        aria-current={chosen ? "true" : undefined}
        data-offer={line.offer !== null && view === "mine"}
      >
        <span className="ticket-top">
          <WhoName who={line.customer} />
          <Clocks line={line} />
        </span>
        <span className="ticket-text">
          <Last line={line} />
        </span>
        <span className="ticket-foot">
          {line.offer && view === "mine" && <em className="tag offer">{said.offer(line.offer.from.name)}</em>}
          {line.kind !== "live" && <em className="tag kind">{said.kind[line.kind]}</em>}
          {topic && <span className="tag">{topic}</span>}
          {reason && <span className="tag faint">{reason}</span>}
          <MoodBadge mood={line.emotion} />
          {view !== "mine" && line.agent && <span className="ticket-agent">{line.agent.name}</span>}
          {line.unread > 0 && (
            <b className="unread" title={said.unread(line.unread)}>
              <span className="sr">{said.unread(line.unread)}</span>
              <span aria-hidden="true">{line.unread}</span>
            </b>
          )}
        </span>
      </a>
    </li>
  );
});

/** What was said last, and by whom where it was not the customer. */
function Last({ line: { last, agent } }: { line: Line }) {
  const { list, talk, office } = useStrings();
  if (!last) return list.none;
  const by = { bot: talk.bot, agent: agent?.name ?? office.settings.roles.agent, system: talk.system }[
    last.author
  ];
  return (
    <>
      {by && <i className="ticket-by">{by}</i>}
      {last.text}
    </>
  );
}

/** What runs: the wait, the reply that is due, the complaint's promise; for what is closed, when it ended. */
function Clocks({ line }: { line: Line }) {
  const strings = useStrings();
  const said = strings.list;
  if (line.state === "closed") return <time className="since">{when(line.closed_at, strings)}</time>;
  return (
    <span className="clocks">
      {line.complaint_due && (
        <Deadline
          due={line.complaint_due}
          soonMs={4 * HOUR}
          label={said.complaint}
          lateLabel={said.complaintLate}
          icon={<BoardIcon size={12} />}
        />
      )}
      {line.reply_due ? (
        <Deadline due={line.reply_due} soonMs={20_000} label={said.reply} lateLabel={said.replyLate} />
      ) : (
        line.state === "waiting" && line.queued_at && <Since since={line.queued_at} label={said.waiting} />
      )}
    </span>
  );
}
