import type { Agent, Team } from "../client/people";
import { useClient, useDesk, useStrings } from "../context";
import { nameOf } from "../format";
import { useLoaded } from "../parts/useLoaded";
import { named } from "./Agents";
import { Records } from "./Records";

export function Teams() {
  const client = useClient();
  const { office } = useStrings();
  const { settings } = useDesk();
  const { value, failed, reload } = useLoaded<{ teams: Team[] }>("teams");
  const { value: people } = useLoaded<{ agents: Agent[] }>("agents");
  const nameFor = (id: number) => people?.agents.find((agent) => agent.id === id)?.name ?? `#${id}`;
  return (
    <Records
      title={office.settings.tabs.teams ?? ""}
      failed={failed}
      items={value?.teams ?? null}
      keyOf={({ id }) => id}
      columns={[
        { name: "name", label: office.settings.called, show: ({ name }) => <b>{name}</b> },
        {
          name: "topics",
          show: ({ topics }) => topics.map((code) => nameOf(settings?.topics, code)).join("、"),
        },
        { name: "members", show: ({ members }) => members.map(nameFor).join("、") },
      ]}
      fields={[
        { name: "name", label: office.settings.called, required: true },
        { name: "topics", kind: "choices", options: named(settings?.topics) },
        {
          name: "members",
          kind: "choices",
          options: people?.agents.map(({ id, name }) => ({ value: String(id), label: name })) ?? [],
        },
      ]}
      onSave={async (team, values) => {
        const body = { ...values, members: (values.members as string[]).map(Number) };
        await (team ? client.http.patch(`teams/${team.id}`, body) : client.http.post("teams", body));
        reload();
      }}
      onRemove={async ({ id }) => {
        await client.http.delete(`teams/${id}`);
        reload();
      }}
    />
  );
}
