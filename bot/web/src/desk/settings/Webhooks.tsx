import { useState } from "react";
import { useAttempt, useClient, useSay, useStrings } from "../context";
import { when } from "../format";
import { Dialog } from "../parts/Dialog";
import { useLoaded } from "../parts/useLoaded";
import { Records } from "./Records";
import { Secret } from "./Secret";

type Hook = { id: number; url: string; events: string[]; active: boolean };
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
  const { office } = useStrings();
  const said = office.settings;
  const { value, reload } = useLoaded<{ webhooks: Hook[] }>("webhooks");
  const [secret, setSecret] = useState<string | null>(null);
  const [looked, setLooked] = useState<Hook | null>(null);
  const test = async (id: number) => {
    const done = await attempt(async () => {
      await client.http.post(`webhooks/${id}/test`);
      return true;
    });
    if (done) say(said.saved);
  };
  return (
    <>
      <Records
        title={said.tabs.webhooks ?? ""}
        items={value?.webhooks ?? null}
        keyOf={({ id }) => id}
        columns={[
          { name: "url", show: ({ url }) => <b className="wrap">{url}</b> },
          { name: "events", show: ({ events }) => events.join(", ") },
          { name: "active", show: ({ active }) => (active ? said.yes : said.no) },
        ]}
        fields={[
          { name: "url", required: true },
          { name: "events", kind: "list", required: true },
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
  const { value, reload } = useLoaded<{ deliveries: Delivery[] }>(`webhooks/${hook.id}/deliveries`);
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
        {value?.deliveries.length === 0 && <p className="quiet-note">{said.empty}</p>}
      </div>
    </Dialog>
  );
}
