import { Divider, Typing } from "@chatui/core";
import { useEffect, useMemo } from "react";
import type { Choice, Prompt } from "../chat/protocol";
import type { ChatState } from "../chat/state";
import { DownIcon, Mark } from "../ui/icons";
import { useStrings } from "./context";
import { day } from "./format";
import { Greeting } from "./Greeting";
import { MessageRow } from "./MessageRow";
import { Prompts } from "./Prompts";
import { QuickReplies } from "./QuickReplies";
import { rowsOf } from "./rows";
import { useBottom } from "./useBottom";

type Props = {
  chat: ChatState;
  /** The customer can see this right now. */
  watched: boolean;
  onSay: (text: string) => void;
  onChoose: (choice: Choice, title: string) => void;
  onAsk: (prompt: Prompt) => void;
  onEarlier: () => void;
  onSeen: () => void;
  onResend: (client_id: string) => void;
  onDiscard: (client_id: string) => void;
};

export function Messages(props: Props) {
  const { chat, watched, onSay, onChoose, onAsk, onEarlier, onSeen, onResend, onDiscard } = props;
  const strings = useStrings();
  const { messages, pending } = chat;
  const rows = useMemo(() => rowsOf({ messages, pending }), [messages, pending]);
  const newest = messages[messages.length - 1];
  const lastOwn = useMemo(() => lastOwnSeq(messages), [messages]);
  const bottom = useBottom({ ownCount: pending.length + lastOwn, firstSeq: messages[0]?.seq ?? 0 });
  const empty =
    rows.length === 0 && (chat.caughtUp || chat.conversation === null || chat.status === "offline");

  useEffect(() => {
    if (watched && bottom.reached && newest) onSeen();
  }, [watched, bottom.reached, newest, onSeen]);

  return (
    <>
      <section
        ref={bottom.scroller}
        className="scroll"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={strings.log}
        onScroll={bottom.onScroll}
      >
        <div className="scroll-content">
          {chat.hasEarlier && (
            <button type="button" className="earlier" disabled={chat.loadingEarlier} onClick={onEarlier}>
              {chat.loadingEarlier ? strings.loading : strings.earlier}
            </button>
          )}
          {empty && <Greeting prompts={chat.prompts} onSay={onSay} onAsk={onAsk} />}
          <div
            ref={bottom.log}
            role="log"
            aria-label={strings.log}
            aria-live={chat.caughtUp ? "polite" : "off"}
          >
            {rows.map((row) =>
              row.kind === "day" ? (
                <Divider key={row.key} className="day">
                  {day(row.at, Date.now(), strings)}
                </Divider>
              ) : (
                <MessageRow
                  key={row.key}
                  row={row}
                  online={chat.status === "online"}
                  delivered={row.message.seq > 0 && row.message.seq === lastOwn}
                  onResend={onResend}
                  onDiscard={onDiscard}
                />
              ),
            )}
          </div>
          {chat.typing && (
            <div className="row typing" role="status">
              <span className="face" data-author="bot" aria-hidden="true">
                <Mark size={20} />
              </span>
              <Typing />
              <span className="sr">{strings.typing}</span>
            </div>
          )}
          {newest && pending.length === 0 && <QuickReplies message={newest} onChoose={onChoose} />}
          {newest && !newest.quick_replies?.length && <Prompts prompts={chat.prompts} onAsk={onAsk} />}
        </div>
      </section>
      {bottom.away && rows.length > 0 && (
        <button type="button" className="to-bottom" onClick={bottom.go}>
          <DownIcon size={16} />
          {strings.newMessages(chat.unread)}
        </button>
      )}
    </>
  );
}

function lastOwnSeq(messages: ChatState["messages"]): number {
  for (let i = messages.length - 1; i >= 0; i--) {
    const message = messages[i];
    if (message?.author === "customer") return message.seq;
  }
  return 0;
}
