import { type FormEvent, useEffect, useState } from "react";
import type { Agent, Team } from "../client/people";
import type { Line } from "../client/tickets";
import { useAttempt, useClient, useDesk, useMe, useStrings } from "../context";
import { Dialog } from "../parts/Dialog";

export type Question = "transfer" | "assign" | "close" | "handback" | "decline";

type Props = {
  question: Question;
  line: Line;
  onClose: () => void;
  onAct: (name: string, body: object) => Promise<void>;
};

/** What must be asked before a ticket moves on. */
export function Questions({ question, line, onClose, onAct }: Props) {
  const { ask: said } = useStrings();
  const { settings } = useDesk();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void onAct(question, bodyOf(question, new FormData(event.currentTarget)));
  };
  const titles = {
    transfer: said.transferTitle,
    assign: said.assignTitle,
    close: said.closeTitle,
    handback: said.handbackTitle,
    decline: said.declineTitle,
  };
  return (
    <Dialog title={titles[question]} onClose={onClose}>
      <form className="question" onSubmit={submit}>
        {(question === "transfer" || question === "assign") && <Whom teams={question === "transfer"} />}
        {question === "transfer" && <Words name="note" label={said.note} hint={said.noteHint} required />}
        {question === "close" && (
          <>
            <fieldset>
              <legend>{said.reason}</legend>
              {settings?.close_reasons.map(({ code, name }, index) => (
                <label key={code} className="choice">
                  <input type="radio" name="reason" value={code} defaultChecked={index === 0} required />
                  {name}
                </label>
              ))}
            </fieldset>
            <Words name="note" label={said.closeNote} hint="" />
          </>
        )}
        {question === "handback" && (
          <>
            <Words name="settled" label={said.settled} hint={said.settledHint} required />
            <label className="field">
              <span>{said.topic}</span>
              <select name="topic" defaultValue={line.topic ?? settings?.topics[0]?.code}>
                {settings?.topics.map(({ code, name }) => (
                  <option key={code} value={code}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
          </>
        )}
        {question === "decline" && <Words name="note" label={said.declineNote} hint="" />}
        <footer>
          <button type="button" className="btn" onClick={onClose}>
            {said.cancel}
          </button>
          <button type="submit" className="btn primary">
            {said[question]}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

function bodyOf(question: Question, form: FormData): object {
  const { whom, ...rest } = Object.fromEntries(form.entries()) as Record<string, string>;
  if (!whom) return rest;
  const [kind = "agent", id] = whom.split(" ");
  return question === "assign" ? { agent: Number(id) } : { [kind]: Number(id), ...rest };
}

function Words(props: { name: string; label: string; hint: string; required?: boolean }) {
  return (
    <label className="field">
      <span>{props.label}</span>
      <textarea name={props.name} rows={3} placeholder={props.hint} required={props.required ?? false} />
    </label>
  );
}

/** Colleagues on duty first, with how much they have; and teams. */
function Whom({ teams: withTeams }: { teams: boolean }) {
  const client = useClient();
  const attempt = useAttempt();
  const { ask: said, duty } = useStrings();
  const me = useMe();
  const [people, setPeople] = useState<{ agents: Agent[]; teams: Team[] }>({ agents: [], teams: [] });
  useEffect(() => {
    void attempt(async () => {
      const [{ agents }, { teams }] = await Promise.all([
        client.http.get<{ agents: Agent[] }>("agents"),
        withTeams ? client.http.get<{ teams: Team[] }>("teams") : { teams: [] },
      ]);
      setPeople({ agents, teams });
    });
  }, [client, attempt, withTeams]);
  const agents = people.agents
    .filter((agent) => !agent.disabled && (withTeams ? agent.id !== me.id : true))
    .sort((a, b) => Number(b.duty === "on") - Number(a.duty === "on") || a.load - b.load);
  return (
    <label className="field">
      <span>{said.to}</span>
      <select name="whom" required>
        <optgroup label={said.agents}>
          {agents.map((agent) => (
            <option key={agent.id} value={`agent ${agent.id}`} disabled={agent.duty !== "on"}>
              {agent.name} · {duty[agent.duty]} · {said.load(agent.load, agent.capacity)}
            </option>
          ))}
        </optgroup>
        {people.teams.length > 0 && (
          <optgroup label={said.teams}>
            {people.teams.map((team) => (
              <option key={team.id} value={`team ${team.id}`}>
                {team.name}
              </option>
            ))}
          </optgroup>
        )}
      </select>
    </label>
  );
}
