import { useState } from "react";
import { query } from "../client/http";
import type { Coded } from "../client/people";
import { useAttempt, useClient, useSay, useStrings } from "../context";
import { nameOf, when } from "../format";
import { Dialog } from "../parts/Dialog";
import { useLoaded } from "../parts/useLoaded";
import { named } from "./Agents";
import { Records } from "./Records";
import { Secret } from "./Secret";

type Hook = { id: number; url: string; events: string[]; active: boolean; failing_since: string | null };
type Page = { webhooks: Hook[]; events: Coded[] };
type Log = { deliveries: Delivery[]; next: string | null };
type Delivery = {
  id: number;
  event: string;
  state: string;
  attempts: number;
  status: number | null;
  error: string | null;
  at: string;
};

export function Webhooks() {
  const client = useClient();
  const attempt = useAttempt();
  const say = useSay();
  const strings = useStrings();
  const said = strings.office.settings;
  const { value, failed, reload } = useLoaded<Page>("webhooks");
  const [secret, setSecret] = useState<string | null>(null);
  const [looked, setLooked] = useState<Hook | null>(null);
  const test = async (id: number) => {
    const done = await attempt(async () => {
      await client.http.post(`webhooks/${id}/test`);
      return true;
    });
    if (done) say(said.saved);
  };
  const renew = async (id: number) => {
    const made = await attempt(() => client.http.post<{ secret: string }>(`webhooks/${id}/secret`));
    if (made) setSecret(made.secret);
  };
  return (
    <>
      <Records
        title={said.tabs.webhooks ?? ""}
        failed={failed}
        items={value?.webhooks ?? null}
        keyOf={({ id }) => id}
        columns={[
          {
            name: "url",
            show: ({ url, failing_since }) => (
              <>
                <b className="wrap">{url}</b>
                {failing_since && <small data-mood="bad">{said.failing(when(failing_since, strings))}</small>}
              </>
            ),
          },
          {
            name: "events",
            show: ({ events }) => events.map((code) => nameOf(value?.events, code)).join("、"),
          },
          { name: "active", show: ({ active }) => (active ? said.yes : said.no) },
        ]}
        fields={[
          { name: "url", required: true },
          { name: "events", kind: "choices", options: named(value?.events) },
          { name: "active", kind: "check" },
        ]}
        onSave={async (hook, values) => {
          if (hook) await client.http.patch(`webhooks/${hook.id}`, values);
          else setSecret((await client.http.post<{ secret: string }>("webhooks", values)).secret);
          reload();
        }}
        onRemove={async ({ id }) => {
          await client.http.delete(`webhooks/${id}`);
          reload();
        }}
        more={(hook) => (
          <>
            <button type="button" className="btn small" onClick={() => setLooked(hook)}>
              {said.deliveries}
            </button>
            <button type="button" className="btn small quiet" onClick={() => test(hook.id)}>
              {said.test}
            </button>
            <button type="button" className="btn small quiet" onClick={() => renew(hook.id)}>
              {said.newSecret}
            </button>
          </>
        )}
      />
      {secret && <Secret title={said.secret} value={secret} onClose={() => setSecret(null)} />}
      {looked && <Deliveries hook={looked} onClose={() => setLooked(null)} />}
    </>
  );
}

function Deliveries({ hook, onClose }: { hook: Hook; onClose: () => void }) {
  const client = useClient();
  const attempt = useAttempt();
  const strings = useStrings();
  const said = strings.office.settings;
  const path = `webhooks/${hook.id}/deliveries`;
  const { value, reload, set } = useLoaded<Log>(path);
  const more = async () => {
    const page = await attempt(() => client.http.get<Log>(query(path, { cursor: value?.next })));
    if (page && value) set({ next: page.next, deliveries: [...value.deliveries, ...page.deliveries] });
  };
  const retry = async (id: number) => {
    await attempt(() => client.http.post(`deliveries/${id}/retry`));
    reload();
  };
  return (
    <Dialog title={said.deliveries} onClose={onClose} wide>
      <div className="table-box">
        <table className="table">
          <tbody>
            {value?.deliveries.map(({ id, event, state, attempts, status, error, at }) => (
              <tr key={id}>
                <td>{when(at, strings)}</td>
                <td>{event}</td>
                <td>
                  <span className="state" data-state={state}>
                    {said.delivery[state] ?? state}
                  </span>
                  <small>
                    {attempts} {status} {error}
                  </small>
                </td>
                <td>
                  {state !== "delivered" && (
                    <button type="button" className="btn small" onClick={() => retry(id)}>
                      {said.retry}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {value?.next && (
          <button type="button" className="btn list-more" onClick={more}>
            {strings.list.more}
          </button>
        )}
        {value?.deliveries.length === 0 && <p className="quiet-note">{said.empty}</p>}
      </div>
    </Dialog>
  );
}
