import { useMemo } from "react";
import { DownIcon } from "../../ui/icons";
import { useSurroundings } from "../../widget/context";
import { day } from "../../widget/format";
import { useBottom } from "../../widget/useBottom";
import type { Thread, ThreadState } from "../client/thread";
import { useAttempt, useMe, useStrings } from "../context";
import { EntryItem } from "./EntryItem";
import { MessageItem } from "./MessageItem";
import { PendingItem } from "./PendingItem";
import { rowsOf } from "./rows";

export function Timeline({ thread, state }: { thread: Thread; state: ThreadState }) {
  const strings = useStrings();
  const attempt = useAttempt();
  const me = useMe();
  const { strings: widget } = useSurroundings();
  const { messages, entries, pending, typing, seenSeq } = state;
  const rows = useMemo(() => rowsOf(messages, entries), [messages, entries]);
  const own = useMemo(() => messages.filter(({ agent }) => agent === me.id).length, [messages, me.id]);
  const bottom = useBottom({ ownCount: own + pending.length, firstSeq: messages[0]?.seq ?? 0 });
  return (
    <div className="timeline-box">
      <section
        ref={bottom.scroller}
        className="timeline-scroll"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={strings.talk.log}
        onScroll={bottom.onScroll}
      >
        <div className="timeline-content">
          {state.hasEarlier && (
            <button
              type="button"
              className="btn small earlier"
              onClick={() => attempt(() => thread.loadEarlier())}
            >
              {strings.talk.earlier}
            </button>
          )}
          <div ref={bottom.log} role="log" aria-label={strings.talk.log}>
            {rows.map((row) => {
              if (row.kind === "day") {
                return (
                  <h3 key={row.key} className="day-line">
                    {day(row.at, Date.now(), widget)}
                  </h3>
                );
              }
              if (row.kind === "entry") return <EntryItem key={row.key} entry={row.entry} />;
              return <MessageItem key={row.key} row={row} seen={row.message.seq <= seenSeq} />;
            })}
            {pending.map((entry) => (
              <PendingItem
                key={entry.client_id}
                entry={entry}
                onResend={() => thread.resend(entry.client_id)}
                onDiscard={() => thread.discard(entry.client_id)}
              />
            ))}
          </div>
          {typing && (
            <p className="typing-preview" role="status">
              <span>{typing.who === "bot" ? strings.talk.botTyping : strings.talk.typing}</span>
              {typing.text && <q>{typing.text}</q>}
              <i className="typing-dots" aria-hidden="true" />
            </p>
          )}
        </div>
      </section>
      {bottom.away && (
        <button type="button" className="btn small to-end" onClick={bottom.go}>
          <DownIcon size={15} />
          {widget.newMessages(0)}
        </button>
      )}
    </div>
  );
}
