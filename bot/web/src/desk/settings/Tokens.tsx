import { useState } from "react";
import { useClient, useStrings } from "../context";
import { when } from "../format";
import { useLoaded } from "../parts/useLoaded";
import { Records } from "./Records";
import { Secret } from "./Secret";

type Token = { id: number; name: string; scopes: string[]; expires_at: string | null };

export function Tokens() {
  const client = useClient();
  const strings = useStrings();
  const said = strings.office.settings;
  const { value, reload } = useLoaded<{ tokens: Token[] }>("tokens");
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <>
      <Records
        title={said.tabs.tokens ?? ""}
        items={value?.tokens ?? null}
        keyOf={({ id }) => id}
        editable={false}
        columns={[
          { name: "name", show: ({ name }) => <b>{name}</b> },
          { name: "scopes", show: ({ scopes }) => scopes.join(", ") },
          { name: "expires_at", show: ({ expires_at }) => when(expires_at, strings) },
        ]}
        fields={[
          { name: "name", required: true },
          { name: "scopes", kind: "list", required: true },
          { name: "expires_at", kind: "date" },
        ]}
        onSave={async (_, values) => {
          const made = await client.http.post<{ secret: string }>("tokens", values);
          setSecret(made.secret);
          reload();
        }}
        onRemove={async ({ id }) => {
          await client.http.delete(`tokens/${id}`);
          reload();
        }}
      />
      {secret && <Secret title={said.secret} value={secret} onClose={() => setSecret(null)} />}
    </>
  );
}
