import { useState } from "react";
import type { Overview, Trigger } from "../client/care";
import { useAttempt, useClient, useStrings } from "../context";
import { Dialog } from "../parts/Dialog";
import { go, href } from "../router";
import { PreviewList } from "./PreviewList";

type Props = { overview: Overview; chosen: string | null; onChanged: () => void };

/** Every trigger, the one that goes first on top; on and off, and a click for more. */
export function TriggerList({ overview, chosen, onChanged }: Props) {
  const { care: said, office } = useStrings();
  const [asking, setAsking] = useState<Trigger | null>(null);
  const triggers = [...overview.triggers].sort((a, b) => a.priority - b.priority);
  return (
    <div className="table-box">
      <table className="table">
        <thead>
          <tr>
            <th>{said.on}</th>
            <th>{said.trigger}</th>
            <th>{said.audience}</th>
            <th>{said.channels}</th>
            <th>{said.coolDown}</th>
            <th>{said.holdOut}</th>
          </tr>
        </thead>
        <tbody>
          {triggers.map((trigger) => (
            <tr
              key={trigger.name}
              aria-selected={trigger.name === chosen}
              onClick={() => go("care", trigger.name)}
            >
              <td>
                <Switch trigger={trigger} onAsk={() => setAsking(trigger)} onChanged={onChanged} />
              </td>
              <td>
                <a href={href("care", trigger.name)}>{trigger.title}</a>
                {trigger.own_text && <em className="tag">{said.ownText}</em>}
                <div>
                  <small className="care-text">{trigger.text}</small>
                </div>
              </td>
              <td className="nowrap">
                <span className="tag faint" data-audience={trigger.audience}>
                  {said.audiences[trigger.audience] ?? trigger.audience}
                </span>
              </td>
              <td className="nowrap">
                {trigger.channels.map((one) => office.names.channel[one] ?? one).join("、")}
              </td>
              <td className="nowrap">
                {trigger.cool_down_hours ? said.hours(trigger.cool_down_hours) : "–"}
              </td>
              <td>{trigger.hold_out ? `${trigger.hold_out}%` : "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {asking && (
        <SwitchOn
          trigger={asking}
          onClose={() => setAsking(null)}
          onChanged={() => {
            setAsking(null);
            onChanged();
          }}
        />
      )}
    </div>
  );
}

type SwitchProps = { trigger: Trigger; onAsk: () => void; onChanged: () => void };

/** Off at once; on only after a look at whom it would reach. */
function Switch({ trigger, onAsk, onChanged }: SwitchProps) {
  const client = useClient();
  const attempt = useAttempt();
  const { care: said } = useStrings();
  const turn = async () => {
    if (!trigger.on) return onAsk();
    await attempt(() => client.http.put(`care/triggers/${trigger.name}/on`, { on: false }));
    onChanged();
  };
  return (
    <button
      type="button"
      role="switch"
      className="switch"
      aria-checked={trigger.on}
      aria-label={`${said.on}：${trigger.title}`}
      onClick={(event) => {
        event.stopPropagation();
        void turn();
      }}
    />
  );
}

type AskProps = { trigger: Trigger; onClose: () => void; onChanged: () => void };

function SwitchOn({ trigger, onClose, onChanged }: AskProps) {
  const client = useClient();
  const attempt = useAttempt();
  const { care: said, ask } = useStrings();
  const turn = async () => {
    const path = `care/triggers/${trigger.name}/on`;
    if (await attempt(() => client.http.put<Trigger>(path, { on: true }))) onChanged();
  };
  return (
    <Dialog title={said.switchOn(trigger.title)} onClose={onClose} wide>
      <div className="question">
        <PreviewList name={trigger.name} version="" />
        <footer>
          <button type="button" className="btn" onClick={onClose}>
            {ask.cancel}
          </button>
          <button type="button" className="btn primary" onClick={turn}>
            {said.switchOnNow}
          </button>
        </footer>
      </div>
    </Dialog>
  );
}
