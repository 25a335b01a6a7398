import { useState } from "react";
import type { Coded } from "../client/people";
import { useClient, useStrings } from "../context";
import { nameOf, when } from "../format";
import { useLoaded } from "../parts/useLoaded";
import { named } from "./Agents";
import { Records } from "./Records";
import { Secret } from "./Secret";

type Token = {
  id: number;
  name: string;
  prefix: string;
  scopes: string[];
  expires_at: string | null;
  last_used_at: string | null;
};
type Page = { tokens: Token[]; scopes: Coded[] };

export function Tokens() {
  const client = useClient();
  const strings = useStrings();
  const said = strings.office.settings;
  const { value, failed, reload } = useLoaded<Page>("tokens");
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <>
      <Records
        title={said.tabs.tokens ?? ""}
        failed={failed}
        items={value?.tokens ?? null}
        keyOf={({ id }) => id}
        editable={false}
        columns={[
          {
            name: "name",
            label: said.called,
            show: ({ name, prefix, last_used_at }) => (
              <>
                <b>{name}</b>
                <small>
                  {prefix}… · {last_used_at ? said.lastUsed(when(last_used_at, strings)) : said.neverUsed}
                </small>
              </>
            ),
          },
          {
            name: "scopes",
            show: ({ scopes }) => scopes.map((code) => nameOf(value?.scopes, code)).join("、"),
          },
          { name: "expires_at", show: ({ expires_at }) => when(expires_at, strings) },
        ]}
        fields={[
          { name: "name", label: said.called, required: true },
          { name: "scopes", kind: "choices", options: named(value?.scopes) },
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
