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
            {folded(tried).map(({ seq, name, times }) => (
              <li key={seq} className="pair">
                <span>{name}</span>
                {times > 1 && <small>×{times}</small>}
              </li>
            ))}
          </ul>
        </section>
      )}
      {(emotion.length > 0 || failures > 0) && (
        <section className="side-part">
          <h3>{said.emotion}</h3>
          <p className="moods">
            {changes(emotion).map(({ seq, label }) => (
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

/** The steps the bot took, the same one after another told once; what has no name is inner machinery. */
export function folded(tried: Summary["tried"]): { seq: number; name: string; times: number }[] {
  const rows: { seq: number; name: string; times: number }[] = [];
  for (const { seq, action, name } of tried) {
    if (name === action) continue;
    const before = rows[rows.length - 1];
    if (before?.name === name) before.times += 1;
    else rows.push({ seq, name, times: 1 });
  }
  return rows;
}

/** The moods in their order, each told when it came. */
export function changes(moods: Summary["emotion"]): Summary["emotion"] {
  return moods.filter(({ label }, index) => label !== moods[index - 1]?.label);
}
