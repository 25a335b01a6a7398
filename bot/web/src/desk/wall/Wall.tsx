import { type ReactNode, useEffect, useRef } from "react";
import type { Agent } from "../client/people";
import { useDesk, useStrings } from "../context";
import { nameOf, share, span } from "../format";
import { useLoaded } from "../parts/useLoaded";

type WallData = {
  waiting: number;
  longest_wait: number | null;
  assigned: number;
  messages: number;
  callbacks: number;
  agents: Record<"on" | "away" | "off" | "vanished", number>;
  free_slots: number;
  closed_today: number;
  abandoned_today: number;
  csat_today: number | null;
  wait: [number, number] | null;
  complaints: { unanswered: number; overdue: number };
  by_topic: { topic: string | null; waiting: number }[];
  agents_list: Agent[];
};

/** What a supervisor keeps an eye on, a fresh picture every two seconds. */
export function Wall() {
  const strings = useStrings();
  const said = strings.office.wall;
  const { wall: pushed, settings } = useDesk();
  const { value } = useLoaded<WallData>("wall");
  const wall = (pushed as WallData | null) ?? value;
  if (!wall) return <p className="quiet-note">{strings.office.settings.loading}</p>;
  const { agents, complaints, wait } = wall;
  return (
    <main className="page wall">
      <header className="page-head">
        <h1>{said.title}</h1>
      </header>
      <div className="tiles">
        <Tile
          name={said.waiting}
          value={wall.waiting}
          mood={wall.waiting > wall.free_slots ? "soon" : "calm"}
          big
        />
        <Tile
          name={said.longest}
          value={wall.longest_wait === null ? "–" : span(wall.longest_wait * 1000, strings)}
          mood={(wall.longest_wait ?? 0) > 180 ? "late" : "calm"}
          big
        />
        <Tile name={said.assigned} value={wall.assigned} big />
        <Tile name={said.free} value={wall.free_slots} big />
        <Tile
          name={said.wait}
          value={wait ? said.minutes(Math.ceil(wait[0] / 60), Math.ceil(wait[1] / 60)) : "–"}
        />
        <Tile name={said.messages} value={wall.messages} />
        <Tile name={said.callbacks} value={wall.callbacks} />
        <Tile
          name={said.unanswered}
          value={complaints.unanswered}
          mood={complaints.unanswered ? "soon" : "calm"}
        />
        <Tile name={said.overdue} value={complaints.overdue} mood={complaints.overdue ? "late" : "calm"} />
        <Tile name={said.closed} value={wall.closed_today} />
        <Tile
          name={said.abandoned}
          value={wall.abandoned_today}
          mood={wall.abandoned_today ? "soon" : "calm"}
        />
        <Tile name={said.csat} value={wall.csat_today === null ? "–" : share(wall.csat_today)} />
      </div>
      <div className="wall-lists">
        <section className="card">
          <h2>
            {said.agents}
            <small>
              {(["on", "away", "off", "vanished"] as const)
                .map((duty) => `${said.duty[duty]} ${agents[duty] ?? 0}`)
                .join(" · ")}
            </small>
          </h2>
          <ul className="wall-agents">
            {wall.agents_list
              .filter(({ disabled }) => !disabled)
              .map(({ id, name, duty, online, load, capacity }) => (
                <li key={id} data-duty={duty === "on" && !online ? "vanished" : duty}>
                  <b>{name}</b>
                  <span>{said.duty[duty === "on" && !online ? "vanished" : duty]}</span>
                  <Load share={capacity ? load / capacity : 0} />
                  <em>
                    {load}/{capacity}
                  </em>
                </li>
              ))}
          </ul>
        </section>
        <section className="card">
          <h2>{said.topics}</h2>
          <ul className="wall-topics">
            {wall.by_topic.map(({ topic, waiting }) => (
              <li key={topic ?? ""}>
                <span>{nameOf(settings?.topics, topic) || "–"}</span>
                <b>{waiting}</b>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </main>
  );
}

function Load({ share: part }: { share: number }) {
  const bar = useRef<HTMLElement>(null);
  // The page's rules for content forbid style attributes; what a script sets is allowed.
  useEffect(() => bar.current?.style.setProperty("--load", String(Math.min(1, part))), [part]);
  return <i ref={bar} className="load" aria-hidden="true" />;
}

type TileProps = { name: string; value: ReactNode; mood?: "calm" | "soon" | "late"; big?: boolean };

function Tile({ name, value, mood = "calm", big = false }: TileProps) {
  return (
    <div className="tile" data-mood={mood} data-big={big}>
      <span>{name}</span>
      <b>{value}</b>
    </div>
  );
}
