import { useEffect, useMemo, useRef, useState } from "react";
import { operationsIn } from "../client/customer";
import { useAttempt, useClient, useLine, useMe, useStrings } from "../context";
import { useKeys } from "../keys";
import { Panel } from "../side/Panel";
import { Composer, type ComposerHandle } from "./Composer";
import { type Question, Questions } from "./Questions";
import { standing } from "./standing";
import { TalkHeader } from "./TalkHeader";
import { Timeline } from "./Timeline";
import { useSide } from "./useSide";
import { useThread } from "./useThread";

type Props = { ticket: number | null; conversation: string | null; onLeave: () => void };

export function Conversation({ ticket, conversation, onLeave }: Props) {
  const client = useClient();
  const attempt = useAttempt();
  const strings = useStrings();
  const me = useMe();
  const line = useLine(ticket);
  const { thread, state, failed } = useThread(ticket, conversation);
  const [question, setQuestion] = useState<Question | null>(null);
  const [side, turnSide] = useSide();
  const composer = useRef<ComposerHandle>(null);
  const stands = useMemo(() => standing(line, me), [line, me]);

  const act = async (name: string, body: object = {}) => {
    const path = ticket !== null ? `tickets/${ticket}/${name}` : `conversations/${conversation}/${name}`;
    const done = await attempt(() => client.act(path, body));
    if (done && ["take", "takeover", "accept", "reopen"].includes(name)) {
      location.hash = `#/mine/${done.id}`;
      composer.current?.focus("reply");
    }
    return done !== undefined;
  };
  const first = stands.accept ? "accept" : stands.take ? "take" : stands.takeover ? "takeover" : null;

  useKeys({
    t: () => first && act(first),
    r: () => composer.current?.focus("reply"),
    n: () => composer.current?.focus("note"),
    p: turnSide,
    f: () => stands.pass && setQuestion("transfer"),
    b: () => stands.mine && setQuestion("handback"),
    x: () => stands.mine && setQuestion("close"),
    Escape: onLeave,
  });

  const lastSeq = state?.messages[state.messages.length - 1]?.seq ?? 0;
  useEffect(() => {
    const see = () => {
      if (stands.mine && lastSeq && thread && !document.hidden) client.seen(thread.conversation, lastSeq);
    };
    see();
    document.addEventListener("visibilitychange", see);
    return () => document.removeEventListener("visibilitychange", see);
  }, [client, stands.mine, lastSeq, thread]);

  if (!thread || !state) {
    return <section className="nothing">{failed ? strings.failed : <i className="spinner" />}</section>;
  }
  return (
    <>
      <section className="talk" aria-label={strings.talk.log}>
        <TalkHeader
          line={line}
          stands={stands}
          viewers={state.viewers}
          first={first}
          onAct={act}
          onAsk={setQuestion}
          onLeave={onLeave}
          side={side}
          onSide={turnSide}
        />
        <Timeline thread={thread} state={state} />
        <Composer ref={composer} thread={thread} line={line} stands={stands} allowance={state.allowance} />
      </section>
      {side && (
        <Panel
          conversation={thread.conversation}
          summary={state.summary}
          line={line}
          stands={stands}
          operations={operationsIn(state.entries)}
        />
      )}
      {question && line && (
        <Questions
          question={question}
          line={line}
          onClose={() => setQuestion(null)}
          onAct={async (name, body) => {
            if (await act(name, body)) setQuestion(null);
          }}
        />
      )}
    </>
  );
}
