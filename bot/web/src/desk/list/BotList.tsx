import { useEffect, useState } from "react";
import type { BotTalk } from "../client/tickets";
import { useAttempt, useClient, useStrings } from "../context";
import { when } from "../format";
import { useKeys } from "../keys";
import { MoodBadge, WhoName } from "../parts/Badges";
import { go, href } from "../router";

const EVERY_MS = 15_000;

/** Conversations the bot has now; loaded again every few seconds while somebody looks. */
export function BotList({ chosen }: { chosen: string | null }) {
  const client = useClient();
  const attempt = useAttempt();
  const strings = useStrings();
  const [talks, setTalks] = useState<BotTalk[] | null>(null);

  useEffect(() => {
    let current = true;
    const load = async () => {
      const page = await attempt(() => client.http.get<{ conversations: BotTalk[] }>("bot"));
      if (current && page) setTalks(page.conversations);
    };
    void load();
    const timer = setInterval(() => !document.hidden && load(), EVERY_MS);
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [client, attempt]);

  const step = (by: number) => {
    const at = talks?.findIndex(({ conversation }) => conversation === chosen) ?? -1;
    const next = talks?.[at < 0 ? 0 : Math.min(talks.length - 1, Math.max(0, at + by))];
    if (next) go("bot", next.conversation);
  };
  useKeys({ j: () => step(1), k: () => step(-1) });

  return (
    <section className="list" aria-label={strings.nav.bot}>
      <header className="list-head">
        <h1>
          {strings.nav.bot} <small>{talks?.length ?? ""}</small>
        </h1>
      </header>
      <ul className="list-items">
        {talks?.map(({ conversation, customer, last, emotion, at, channel }) => (
          <li key={conversation}>
            <a
              className="ticket"
              href={href("bot", conversation)}
              aria-current={conversation === chosen ? "true" : undefined}
            >
              <span className="ticket-top">
                <WhoName who={customer} />
                <time className="since">{when(at, strings)}</time>
              </span>
              <span className="ticket-text">{last?.text ?? strings.list.none}</span>
              <span className="ticket-foot">
                <span className="tag faint">{strings.channel[channel] ?? channel}</span>
                <MoodBadge mood={emotion} />
              </span>
            </a>
          </li>
        ))}
        {talks?.length === 0 && (
          <li className="list-empty">
            <b>{strings.list.empty.bot}</b>
          </li>
        )}
      </ul>
    </section>
  );
}
