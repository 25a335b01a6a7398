import { useState } from "react";
import type { Overview } from "../client/care";
import { useAttempt, useClient, useStrings } from "../context";
import { when } from "../format";
import { Dialog } from "../parts/Dialog";
import { useLoaded } from "../parts/useLoaded";
import { href } from "../router";
import { CareAudit } from "./CareAudit";
import { Explain } from "./Explain";
import { ResultsTable } from "./ResultsTable";
import { TriggerList } from "./TriggerList";
import { TriggerView } from "./TriggerView";

const TABS = ["triggers", "results", "explain", "log"] as const;
type Tab = (typeof TABS)[number];

/** What the bot says of its own accord: what, to whom, in which words, and what came of it. */
export default function CarePage({ place }: { place: string | null }) {
  const strings = useStrings();
  const said = strings.care;
  const { value, failed, set, reload } = useLoaded<Overview>("care");
  const tab: Tab = TABS.find((one) => one === place) ?? "triggers";
  const trigger = value?.triggers.find(({ name }) => name === place);
  if (!value) {
    return <p className="quiet-note page">{failed ? strings.failed : strings.office.settings.loading}</p>;
  }
  return (
    <div className="board" data-chosen={trigger !== undefined}>
      <main className="page board-list">
        <header className="page-head">
          <h1>{said.title}</h1>
          <nav className="segments" aria-label={said.title}>
            {TABS.map((one) => (
              <a key={one} href={href("care", one)} aria-current={tab === one ? "page" : undefined}>
                {said.tabs[one]}
              </a>
            ))}
          </nav>
          <div className="page-tools">
            <PauseButton overview={value} onDone={set} />
          </div>
        </header>
        {value.paused.paused && (
          <p className="care-paused" role="status">
            <b>{said.paused}</b>
            <span>
              {value.paused.why} · {value.paused.by} {when(value.paused.at, strings)}
            </span>
          </p>
        )}
        {tab === "triggers" && (
          <TriggerList overview={value} chosen={trigger?.name ?? null} onChanged={reload} />
        )}
        {tab === "results" && <ResultsTable overview={value} />}
        {tab === "explain" && <Explain overview={value} />}
        {tab === "log" && <CareAudit overview={value} />}
      </main>
      {trigger && <TriggerView key={trigger.name} trigger={trigger} onChanged={reload} />}
    </div>
  );
}

type PauseProps = { overview: Overview; onDone: (overview: Overview) => void };

/** Stops everything at once, with a reason; goes on with one click. */
function PauseButton({ overview, onDone }: PauseProps) {
  const client = useClient();
  const attempt = useAttempt();
  const { care: said, ask } = useStrings();
  const [asking, setAsking] = useState(false);
  const { paused } = overview.paused;
  const turn = async (why: string) => {
    const done = await attempt(() => client.http.put<Overview>("care/paused", { paused: !paused, why }));
    if (!done) return;
    onDone(done);
    setAsking(false);
  };
  return (
    <>
      <button
        type="button"
        className={paused ? "btn small primary" : "btn small danger"}
        onClick={() => (paused ? turn("") : setAsking(true))}
      >
        {paused ? said.resume : said.pause}
      </button>
      {asking && (
        <Dialog title={said.pause} onClose={() => setAsking(false)}>
          <form
            className="question"
            onSubmit={(event) => {
              event.preventDefault();
              void turn(String(new FormData(event.currentTarget).get("why") ?? ""));
            }}
          >
            <p>{said.pauseHint}</p>
            <label className="field">
              <span>{said.why}</span>
              <input name="why" required maxLength={200} />
            </label>
            <footer>
              <button type="button" className="btn" onClick={() => setAsking(false)}>
                {ask.cancel}
              </button>
              <button type="submit" className="btn primary">
                {said.pause}
              </button>
            </footer>
          </form>
        </Dialog>
      )}
    </>
  );
}
