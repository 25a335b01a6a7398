import type { Summary } from "../client/tickets";
import { useStrings } from "../context";

/** What the bot hands over: from the log alone. */
export function SummaryTab({ summary }: { summary: Summary | null }) {
  const { office, mood } = useStrings();
  const said = office.summary;
  if (!summary) return <p className="quiet-note">{said.none}</p>;
  const { asked, tried, collected, emotion, failures, text } = summary;
  return (
    <>
      {text && <p className="summary-text">{text}</p>}
      {collected.length > 0 && (
        <section className="side-part">
          <h3>{said.collected}</h3>
          <dl className="facts">
            {collected.map(({ name, label, value }) => (
              <div key={name}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {asked.length > 0 && (
        <section className="side-part">
          <h3>{said.asked}</h3>
          <ul className="plain">
            {asked.map(({ seq, text: words, name, confidence }) => (
              <li key={seq}>
                <q>{words}</q>
                <small>
                  {name} {Math.round(confidence * 100)}%
                </small>
              </li>
            ))}
          </ul>
        </section>
      )}
      {tried.length > 0 && (
        <section className="side-part">
          <h3>{said.tried}</h3>
          <ul className="plain">
            {tried.map(({ seq, action, name }) => (
              <li key={`${seq}${action}`}>{name}</li>
            ))}
          </ul>
        </section>
      )}
      {(emotion.length > 0 || failures > 0) && (
        <section className="side-part">
          <h3>{said.emotion}</h3>
          <p className="moods">
            {emotion.map(({ seq, label }) => (
              <span key={seq} className="mood" data-mood={label}>
                {mood[label] ?? label}
              </span>
            ))}
          </p>
          {failures > 0 && <p className="quiet-note">{said.failures(failures)}</p>}
        </section>
      )}
    </>
  );
}
