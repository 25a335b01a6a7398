import type { Foreseen, Preview } from "../client/care";
import { useStrings } from "../context";
import { when } from "../format";
import { useLoaded } from "../parts/useLoaded";

/** Whom a trigger would reach now, how many, with which words; nothing is sent. Again when `version` changes. */
export function PreviewList({ name, version }: { name: string; version: string }) {
  const strings = useStrings();
  const said = strings.care;
  const { value, failed } = useLoaded<Preview>(`care/triggers/${name}/preview?most=12`, version);
  if (!value) {
    return <p className="quiet-note">{failed ? strings.failed : strings.office.settings.loading}</p>;
  }
  return (
    <>
      <p>{value.count === 0 ? said.nobody : said.reaches(value.count)}</p>
      <ul className="care-samples">
        {value.samples.map((sample) => (
          <li key={`${sample.member_number} ${sample.key}`}>
            <header>
              <b>{sample.name}</b>
              <small>{sample.member_number}</small>
              <Outcome foreseen={sample} />
            </header>
            {sample.text && <p>{sample.text}</p>}
          </li>
        ))}
      </ul>
    </>
  );
}

/** What would happen to one message now, and why. */
export function Outcome({ foreseen }: { foreseen: Foreseen }) {
  const strings = useStrings();
  const { care: said, office } = strings;
  const { outcome, why, until, channel } = foreseen;
  const mood = outcome === "send" || outcome === "sent" ? "good" : "held";
  return (
    <span className="care-outcome">
      <span className="state" data-mood={mood}>
        {said.outcomes[outcome] ?? outcome}
      </span>
      <small>
        {outcome === "send" && channel ? (office.names.channel[channel] ?? channel) : why}
        {until && ` · ${said.until(when(until, strings))}`}
      </small>
    </span>
  );
}
