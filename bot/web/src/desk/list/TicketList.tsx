import { useEffect, useMemo, useRef, useState } from "react";
import { compare, type Line, stands, type View } from "../client/tickets";
import { useAttempt, useClient, useDesk, useMe, useStrings } from "../context";
import { useKeys } from "../keys";
import { go } from "../router";
import { TicketItem } from "./TicketItem";

type Filters = { q: string; topic: string };

export function TicketList({ view, chosen }: { view: View; chosen: number | null }) {
  const client = useClient();
  const attempt = useAttempt();
  const strings = useStrings();
  const { more, settings } = useDesk();
  const [filters, setFilters] = useState<Filters>({ q: "", topic: "" });
  const lines = useLines(view, filters);
  useLoaded(view, filters);

  const step = (by: number) => {
    const at = lines.findIndex(({ id }) => id === chosen);
    const next = lines[at < 0 ? 0 : Math.min(lines.length - 1, Math.max(0, at + by))];
    if (next) go(view, next.id);
  };
  useKeys({ j: () => step(1), k: () => step(-1) });

  return (
    <section className="list" aria-label={strings.nav[view]}>
      <header className="list-head">
        <h1>
          {strings.nav[view]} <small>{lines.length}</small>
        </h1>
        <div className="list-filters">
          <input
            type="search"
            placeholder={strings.list.search}
            aria-label={strings.list.search}
            value={filters.q}
            onChange={(event) => setFilters({ ...filters, q: event.target.value })}
          />
          <select
            aria-label={strings.list.topic}
            value={filters.topic}
            onChange={(event) => setFilters({ ...filters, topic: event.target.value })}
          >
            <option value="">{strings.list.anyTopic}</option>
            {settings?.topics.map(({ code, name }) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        </div>
      </header>
      <ul className="list-items">
        {lines.map((line) => (
          <TicketItem key={line.id} line={line} view={view} chosen={line.id === chosen} />
        ))}
        {lines.length === 0 && (
          <li className="list-empty">
            <b>{strings.list.empty[view]}</b>
            <span>{strings.list.emptyHint}</span>
          </li>
        )}
        {more[view] && (
          <li>
            <button
              type="button"
              className="btn list-more"
              onClick={() => attempt(() => client.loadView(view, used(filters), true))}
            >
              {strings.list.more}
            </button>
          </li>
        )}
      </ul>
    </section>
  );
}

function useLines(view: View, { q, topic }: Filters): Line[] {
  const { lines } = useDesk();
  const me = useMe();
  const [found, setFound] = useState<ReadonlySet<number> | null>(null);
  const client = useClient();
  useEffect(() => {
    if (!q.trim()) {
      setFound(null);
      return;
    }
    let current = true;
    const timer = setTimeout(async () => {
      const ids = await client.find(view, q.trim()).catch(() => []);
      if (current) setFound(new Set(ids));
    }, 250);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [client, view, q]);
  return useMemo(
    () =>
      [...lines.values()]
        .filter(
          (line) =>
            stands(line, view, me.id) && (!topic || line.topic === topic) && (!found || found.has(line.id)),
        )
        .sort(compare(view)),
    [lines, view, me.id, topic, found],
  );
}

/** The two lists of daily work are loaded from the start; the others when they are first looked at. */
function useLoaded(view: View, { topic }: Filters): void {
  const client = useClient();
  const attempt = useAttempt();
  const first = useRef(true);
  useEffect(() => {
    const fresh = first.current && client.state.get().more[view] !== undefined && !topic;
    first.current = false;
    if (!fresh || view === "closed") void attempt(() => client.loadView(view, topic ? { topic } : {}));
  }, [client, attempt, view, topic]);
}

function used({ topic }: Filters): Record<string, string> {
  return topic ? { topic } : {};
}
