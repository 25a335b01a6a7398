import { memo } from "react";
import { AlertIcon, Mark, PersonIcon } from "../../ui/icons";
import { cardOf } from "../../widget/cards";
import { linkify } from "../../widget/linkify";
import type { Message } from "../client/tickets";
import { useStrings } from "../context";
import { clock } from "../format";
import { MoodBadge } from "../parts/Badges";
import type { Row } from "./rows";

type Props = { row: Extract<Row, { kind: "message" }>; seen: boolean };

export const MessageItem = memo(function MessageItem({ row, seen }: Props) {
  const strings = useStrings();
  const { message, first, last } = row;
  const card = cardOf(message);
  if (message.author === "system" && !card) return <p className="story">{message.text}</p>;
  return (
    <article className="msg" data-author={message.author} data-first={first}>
      {first && (
        <header>
          <Face author={message.author} />
          <b>{authorName(message, strings)}</b>
          <time dateTime={message.at}>{clock(message.at, widgetLang(strings))}</time>
        </header>
      )}
      <div className="msg-body">{card ?? <div className="bubble">{linkify(message.text)}</div>}</div>
      {message.quick_replies && message.quick_replies.length > 0 && (
        <ul className="offered">
          {message.quick_replies.map(({ title }) => (
            <li key={title}>{title}</li>
          ))}
        </ul>
      )}
      <Understood message={message} />
      <Delivery message={message} seen={seen} last={last} />
    </article>
  );
});

/** The formats of the widget only need to know the language. */
function widgetLang(strings: { lang: string }) {
  return strings as Parameters<typeof clock>[1];
}

function Face({ author }: { author: Message["author"] }) {
  return (
    <span className="msg-face" aria-hidden="true">
      {author === "bot" ? <Mark size={16} /> : <PersonIcon size={15} />}
    </span>
  );
}

/** What the bot made of the customer's words, and how they felt. */
function Understood({ message }: { message: Message }) {
  const strings = useStrings();
  const { parse } = message;
  if (message.author !== "customer" || !parse) return null;
  const code = parse.intent?.replaceAll("_", " ");
  const intent = strings.lang === "en" ? code : (parse.name ?? code);
  return (
    <p className="understood">
      {intent && (
        <span title={parse.intent ?? ""}>
          {strings.talk.understood} {intent}
          {parse.confidence !== null && <i> {Math.round(parse.confidence * 100)}%</i>}
        </span>
      )}
      {parse.entities.map(({ entity, text, value }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what was understood of a message never changes
        <span key={index} className="entity">
          {strings.office.names.entity[entity] ?? entity.replaceAll("_", " ")}: {text ?? String(value ?? "")}
        </span>
      ))}
      <MoodBadge mood={parse.emotion?.label} />
    </p>
  );
}

/** Delivered, read, or why not; said once for a run of messages unless something is wrong. */
function Delivery({ message, seen, last }: { message: Message; seen: boolean; last: boolean }) {
  const strings = useStrings();
  if (message.author === "customer" || !message.state) return null;
  const { state, problem } = message;
  const bad = state === "refused" || state === "unknown" || state === "held";
  if (!last && !bad) return null;
  return (
    <p className="delivery" data-bad={bad}>
      {bad && <AlertIcon size={13} />}
      {strings.talk.state[seen && !bad ? "seen" : state]}
      {problem && <span>{problem}</span>}
    </p>
  );
}

function authorName(message: Message, strings: ReturnType<typeof useStrings>): string {
  if (message.author === "bot") return strings.talk.bot;
  if (message.author === "system") return strings.talk.system;
  return message.author === "agent" ? (message.name ?? "") : strings.talk.customer;
}
