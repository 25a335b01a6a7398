import { useState, useSyncExternalStore } from "react";
import { useClient, useDesk, useMe, useSay, useStrings } from "../context";
import { nameOf } from "../format";
import { PasswordForm } from "../Login";
import { type Wishes, wish, wishes } from "../wishes";

export function Mine() {
  const client = useClient();
  const say = useSay();
  const me = useMe();
  const { office, login } = useStrings();
  const { settings } = useDesk();
  const said = office.settings;
  const wished = useSyncExternalStore(wishes.subscribe, wishes.get);
  const [asking, setAsking] = useState(false);
  return (
    <>
      <section className="card">
        <h2>
          {me.name} <small>{said.roles[me.role]}</small>
        </h2>
        <dl className="facts">
          <div>
            <dt>{said.capacity}</dt>
            <dd>
              {me.load}/{me.capacity}
            </dd>
          </div>
          <div>
            <dt>{said.fields.skills}</dt>
            <dd>{me.skills.map((code) => nameOf(settings?.topics, code)).join("、") || "–"}</dd>
          </div>
          <div>
            <dt>{said.fields.teams}</dt>
            <dd>{me.teams.map(({ name }) => name).join("、") || "–"}</dd>
          </div>
        </dl>
      </section>
      <section className="card">
        <Toggle name="sound" label={said.sound} />
        <Toggle name="keys" label={said.keys} />
        <Notifications />
        <label className="field row">
          <span>{said.language}</span>
          <select
            value={wished.language ?? ""}
            onChange={(event) => wish({ language: (event.target.value || null) as Wishes["language"] })}
          >
            <option value="">{said.auto}</option>
            <option value="zh-CN">中文</option>
            <option value="en">English</option>
          </select>
        </label>
        <label className="field row">
          <span>{said.theme}</span>
          <select
            value={wished.theme ?? ""}
            onChange={(event) => wish({ theme: (event.target.value || null) as Wishes["theme"] })}
          >
            <option value="">{said.themes.auto}</option>
            <option value="light">{said.themes.light}</option>
            <option value="dark">{said.themes.dark}</option>
          </select>
        </label>
      </section>
      <section className="card">
        {asking ? (
          <PasswordForm
            label={said.save}
            onDone={() => {
              setAsking(false);
              say(said.saved);
            }}
          />
        ) : (
          <div className="buttons">
            <button type="button" className="btn" onClick={() => setAsking(true)}>
              {said.password}
            </button>
            <button type="button" className="btn" onClick={() => client.logout()}>
              {login.logout}
            </button>
          </div>
        )}
      </section>
    </>
  );
}

function Toggle({ name, label }: { name: "sound" | "keys"; label: string }) {
  const wished = useSyncExternalStore(wishes.subscribe, wishes.get);
  return (
    <label className="toggle">
      <input
        type="checkbox"
        checked={wished[name]}
        onChange={(event) => wish({ [name]: event.target.checked })}
      />
      {label}
    </label>
  );
}

function Notifications() {
  const { office } = useStrings();
  const said = office.settings;
  const [permission, setPermission] = useState(
    typeof Notification === "undefined" ? "denied" : Notification.permission,
  );
  return (
    <div className="field row">
      <span>{said.notify}</span>
      {permission === "default" && (
        <button
          type="button"
          className="btn small"
          onClick={async () => setPermission(await Notification.requestPermission())}
        >
          {said.allow}
        </button>
      )}
      {permission === "denied" && <small>{said.blocked}</small>}
      {permission === "granted" && <small>{said.yes}</small>}
    </div>
  );
}
