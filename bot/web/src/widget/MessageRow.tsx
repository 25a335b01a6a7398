import { Bubble, SystemMessage } from "@chatui/core";
import { memo } from "react";
import type { Entry } from "../chat/outbox";
import type { Message } from "../chat/protocol";
import { AlertIcon, Mark, PersonIcon } from "../ui/icons";
import { cardOf } from "./cards";
import { useStrings } from "./context";
import { clock } from "./format";
import { linkify } from "./linkify";
import type { Strings } from "./locales";
import type { Row } from "./rows";

type Props = {
  row: Extract<Row, { kind: "message" }>;
  /** The connection stands: what is not acknowledged yet is on its way. */
  online: boolean;
  /** The newest own message that arrived says so. */
  delivered: boolean;
  onResend: (client_id: string) => void;
  onDiscard: (client_id: string) => void;
};

/** Refused for what they say: the same again would be refused again. */
const HOPELESS = new Set(["bad_choice", "too_long", "empty"]);

export const MessageRow = memo(function MessageRow({ row, online, delivered, onResend, onDiscard }: Props) {
  const strings = useStrings();
  const { message, entry } = row;
  const card = cardOf(message);
  if (message.author === "system" && !card) return <SystemMessage content={message.text} />;
  const mine = message.author === "customer";
  return (
    <div className="row" data-mine={mine} data-first={row.first} data-last={row.last}>
      {!mine && row.first && <Face author={message.author} />}
      <div className="row-body">
        {message.author === "agent" && message.name && row.first && (
          <p className="row-name">{message.name}</p>
        )}
        <span className="sr">{strings.says(nameOf(message, strings))}</span>
        {card ?? <Bubble type="text">{linkify(message.text)}</Bubble>}
        {entry ? (
          <Pending entry={entry} online={online} onResend={onResend} onDiscard={onDiscard} />
        ) : (
          row.last && (
            <p className="row-meta">
              <time dateTime={message.at}>{clock(message.at, strings)}</time>
              {delivered && <span>{strings.message.sent}</span>}
            </p>
          )
        )}
      </div>
    </div>
  );
});

function Face({ author }: { author: Message["author"] }) {
  return (
    <span className="face" data-author={author} aria-hidden="true">
      {author === "agent" ? <PersonIcon size={18} /> : <Mark size={20} />}
    </span>
  );
}

function Pending(props: { entry: Entry } & Pick<Props, "online" | "onResend" | "onDiscard">) {
  const { message: said } = useStrings();
  const { client_id, failed } = props.entry;
  if (!failed) {
    return (
      <p className="row-meta pending">
        <i className="spinner" />
        {props.online ? said.sending : said.waiting}
      </p>
    );
  }
  return (
    <div className="row-failed" role="alert">
      <AlertIcon size={15} />
      <span>{failed.text || said.reasons[failed.code] || said.failed}</span>
      {!HOPELESS.has(failed.code) && (
        <button type="button" onClick={() => props.onResend(client_id)}>
          {said.resend}
        </button>
      )}
      <button type="button" onClick={() => props.onDiscard(client_id)}>
        {said.discard}
      </button>
    </div>
  );
}

function nameOf({ author, name }: Message, strings: Strings): string {
  if (author === "customer") return strings.you;
  return author === "agent" ? (name ?? strings.agent) : strings.name;
}
