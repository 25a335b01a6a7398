import { type FormEvent, useState } from "react";
import { useAttempt, useClient, useDesk, useSay, useStrings } from "../context";
import { useLoaded } from "../parts/useLoaded";
import { named } from "./Agents";
import { Choices } from "./Form";
import { holidaysText, readHolidays, readSpans, type Spans, spansText } from "./hours";

type HeadStart = { tiers: Record<string, number> } & Record<(typeof HEAD_STARTS)[number], number>;
type Rules = Record<string, unknown> & {
  version: number;
  hours: Record<string, Spans>;
  holidays: Record<string, Spans>;
  rating_tags: string[];
  person_only: string[];
  head_start_minutes: HeadStart;
};

const NUMBERS = [
  "first_reply_seconds",
  "vanish_seconds",
  "reopen_minutes",
  "misses",
  "any_skill_after_minutes",
  "queue_limit",
] as const;
const HEAD_STARTS = ["key_account", "anger", "complaints"] as const;
const SWITCHES = ["prefer_last_agent", "anger_handoff", "ask_rating"] as const;

export function RulesForm() {
  const client = useClient();
  const attempt = useAttempt();
  const say = useSay();
  const { office } = useStrings();
  const { settings } = useDesk();
  const said = office.settings.rules;
  const { value, reload } = useLoaded<Rules | { rules: Rules }>("rules");
  const [problem, setProblem] = useState("");
  if (!value) return <p className="quiet-note">{office.settings.loading}</p>;
  const rules = "rules" in value ? (value.rules as Rules) : value;

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setProblem("");
    let next: Rules;
    try {
      next = changed(rules, new FormData(event.currentTarget));
    } catch (bad) {
      setProblem(`${bad instanceof Error ? bad.message : bad} ?`);
      return;
    }
    const done = await attempt(() => client.http.put("rules", next));
    if (!done) return;
    say(office.settings.saved);
    reload();
  };

  return (
    <form className="card wide rules" key={rules.version} onSubmit={submit}>
      <fieldset>
        <legend>{said.hours}</legend>
        <p className="quiet-note">{said.hoursHint}</p>
        {Object.entries(said.days).map(([day, name]) => (
          <label key={day} className="field row">
            <span>{name}</span>
            <input name={`hours ${day}`} defaultValue={spansText(rules.hours[day])} />
          </label>
        ))}
        <label className="field">
          <span>{said.holidays}</span>
          <textarea name="holidays" rows={4} defaultValue={holidaysText(rules.holidays)} />
          <small>{said.holidaysHint}</small>
        </label>
        <label className="field row">
          <span>{said.time_zone}</span>
          <input name="time_zone" defaultValue={String(rules.time_zone)} required />
        </label>
      </fieldset>
      <fieldset>
        <legend>{said.strategy}</legend>
        <label className="field row">
          <span>{said.strategy}</span>
          <select name="strategy" defaultValue={String(rules.strategy)}>
            {Object.entries(said.strategies).map(([code, name]) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {NUMBERS.map((name) => (
          <label key={name} className="field row">
            <span>{said[name]}</span>
            <input name={name} type="number" min={0} defaultValue={Number(rules[name])} required />
          </label>
        ))}
        {SWITCHES.map((name) => (
          <label key={name} className="toggle">
            <input type="checkbox" name={name} defaultChecked={Boolean(rules[name])} />
            {said[name]}
          </label>
        ))}
        <Choices
          field={{ name: "person_only", options: named(settings?.topics) }}
          label={said.person_only}
          value={rules.person_only}
        />
        <label className="field">
          <span>{said.rating_tags}</span>
          <input name="rating_tags" defaultValue={rules.rating_tags.join("，")} />
          <small>{office.settings.comma}</small>
        </label>
      </fieldset>
      <fieldset>
        <legend>{said.head_start}</legend>
        <p className="quiet-note">{said.headStartHint}</p>
        {HEAD_STARTS.map((name) => (
          <label key={name} className="field row">
            <span>{said.head_starts[name]}</span>
            <input
              name={`head ${name}`}
              type="number"
              min={0}
              defaultValue={rules.head_start_minutes[name]}
              required
            />
          </label>
        ))}
        {Object.entries(rules.head_start_minutes.tiers).map(([tier, minutes]) => (
          <label key={tier} className="field row">
            <span>{tier}</span>
            <input name={`tier ${tier}`} type="number" min={0} defaultValue={minutes} required />
          </label>
        ))}
      </fieldset>
      <footer>
        <p role="alert">{problem}</p>
        <button type="submit" className="btn primary">
          {office.settings.save}
        </button>
      </footer>
    </form>
  );
}

/** The rules with what the form says; throws an Error with the part that cannot be read. */
function changed(rules: Rules, form: FormData): Rules {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  return {
    ...rules,
    hours: Object.fromEntries(Object.keys(rules.hours).map((day) => [day, readSpans(text(`hours ${day}`))])),
    holidays: readHolidays(text("holidays")),
    time_zone: text("time_zone"),
    strategy: text("strategy"),
    ...Object.fromEntries(NUMBERS.map((name) => [name, Number(text(name))])),
    ...Object.fromEntries(SWITCHES.map((name) => [name, form.has(name)])),
    person_only: form.getAll("person_only").map(String),
    head_start_minutes: headStart(rules.head_start_minutes, (name) => Number(text(name))),
    rating_tags: text("rating_tags")
      .split(/[,，、]+/)
      .map((tag) => tag.trim())
      .filter(Boolean),
  };
}

function headStart(before: HeadStart, minutes: (name: string) => number): HeadStart {
  return {
    ...before,
    ...Object.fromEntries(HEAD_STARTS.map((name) => [name, minutes(`head ${name}`)])),
    tiers: Object.fromEntries(Object.keys(before.tiers).map((tier) => [tier, minutes(`tier ${tier}`)])),
  };
}
