import type { Canned } from "../client/canned";
import { may } from "../client/people";
import { useClient, useDesk, useMe, useStrings } from "../context";
import { nameOf } from "../format";
import { useLoaded } from "../parts/useLoaded";
import { named } from "./Agents";
import type { FieldSpec } from "./Form";
import { Records } from "./Records";

export function CannedReplies() {
  const client = useClient();
  const me = useMe();
  const { office } = useStrings();
  const said = office.settings;
  const { settings } = useDesk();
  const { value, failed, reload } = useLoaded<{ canned: Canned[] }>("canned");
  const fields: FieldSpec[] = [
    { name: "shortcut", required: true },
    { name: "title", required: true },
    { name: "text", kind: "long", required: true, hint: said.placeholders },
    { name: "topic", kind: "choice", options: named(settings?.topics) },
    { name: "intents", kind: "list" },
  ];
  if (may(me, "supervisor")) fields.push({ name: "shared", kind: "check" });
  return (
    <Records
      title={said.tabs.canned ?? ""}
      failed={failed}
      items={value?.canned ?? null}
      keyOf={({ id }) => id}
      columns={[
        { name: "shortcut", show: ({ shortcut }) => <kbd>/{shortcut}</kbd> },
        {
          name: "title",
          show: ({ title, text }) => (
            <>
              <b>{title}</b>
              <small>{text}</small>
            </>
          ),
        },
        { name: "topic", show: ({ topic }) => nameOf(settings?.topics, topic) },
        { name: "shared", show: ({ shared }) => (shared ? said.yes : said.no) },
      ]}
      fields={fields}
      canEdit={({ mine }) => mine || may(me, "supervisor")}
      onSave={async (one, values) => {
        const body = { shared: false, ...values };
        await (one ? client.http.put(`canned/${one.id}`, body) : client.http.post("canned", body));
        reload();
      }}
      onRemove={async ({ id }) => {
        await client.http.delete(`canned/${id}`);
        reload();
      }}
    />
  );
}
