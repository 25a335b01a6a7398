import { useState } from "react";
import type { Agent, Coded, Team } from "../client/people";
import { useAttempt, useClient, useDesk, useStrings } from "../context";
import { useLoaded } from "../parts/useLoaded";
import type { FieldSpec, Values } from "./Form";
import { Records } from "./Records";
import { Secret } from "./Secret";

type Issued = { name: string; password: string };

export function Agents() {
  const client = useClient();
  const attempt = useAttempt();
  const { office, duty } = useStrings();
  const said = office.settings;
  const { settings } = useDesk();
  const { value, failed, reload } = useLoaded<{ agents: Agent[] }>("agents");
  const { value: teams } = useLoaded<{ teams: Team[] }>("teams");
  const [issued, setIssued] = useState<Issued | null>(null);

  const save = async (agent: Agent | null, values: Values) => {
    const { login, disabled, ...rest } = values;
    const body = { ...rest, teams: (values.teams as string[]).map(Number) };
    if (agent) await client.http.patch(`agents/${agent.id}`, { ...body, disabled });
    else {
      const made = await client.http.post<{ agent: Agent; password: string }>("agents", { ...body, login });
      setIssued({ name: made.agent.name, password: made.password });
    }
    reload();
  };
  const reset = async (agent: Agent) => {
    const made = await attempt(() => client.http.post<{ password: string }>(`agents/${agent.id}/password`));
    if (made) setIssued({ name: agent.name, password: made.password });
  };

  const fields: FieldSpec[] = [
    { name: "login", required: true },
    { name: "name", required: true },
    {
      name: "role",
      kind: "choice",
      required: true,
      options: (["agent", "supervisor", "admin"] as const).map((role) => ({
        value: role,
        label: said.roles[role] ?? role,
      })),
    },
    { name: "capacity", kind: "number", required: true },
    { name: "skills", kind: "choices", options: named(settings?.topics) },
    { name: "languages", kind: "choices", options: named(settings?.languages) },
    {
      name: "teams",
      kind: "choices",
      options: teams?.teams.map(({ id, name }) => ({ value: String(id), label: name })) ?? [],
    },
    { name: "disabled", kind: "check" },
  ];
  return (
    <>
      <Records
        title={said.tabs.agents ?? ""}
        failed={failed}
        items={value?.agents.map(forForm) ?? null}
        keyOf={({ id }) => id}
        columns={[
          {
            name: "name",
            show: ({ name, login }) => (
              <>
                <b>{name}</b>
                <small>{login}</small>
              </>
            ),
          },
          { name: "role", show: ({ role }) => said.roles[role] },
          { name: "duty", show: (agent) => (agent.disabled ? said.fields.disabled : duty[agent.duty]) },
          { name: "capacity", show: ({ load, capacity }) => `${load}/${capacity}` },
          {
            name: "skills",
            show: ({ skills }) =>
              skills
                .map((code) => settings?.topics.find((one) => one.code === code)?.name ?? code)
                .join("、"),
          },
        ]}
        fields={fields}
        onSave={(agent, values) => save(agent as Agent | null, values)}
        more={(agent) => (
          <button type="button" className="btn small quiet" onClick={() => reset(agent as unknown as Agent)}>
            {said.resetPassword}
          </button>
        )}
      />
      {issued && (
        <Secret title={said.oneTime(issued.name)} value={issued.password} onClose={() => setIssued(null)} />
      )}
    </>
  );
}

/** A new agent's form wants ids where the list gives names. */
function forForm(agent: Agent) {
  return { ...agent, teams: agent.teams.map(({ id }) => id) };
}

export function named(list: readonly (string | Coded)[] | undefined): { value: string; label: string }[] {
  return (list ?? []).map((one) =>
    typeof one === "string" ? { value: one, label: one } : { value: one.code, label: one.name },
  );
}
