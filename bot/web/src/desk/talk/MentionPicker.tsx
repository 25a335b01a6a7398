import { type Ref, useEffect, useMemo, useState } from "react";
import type { Agent, Named } from "../client/people";
import { useClient, useMe, useStrings } from "../context";
import { Picker, type PickerHandle } from "./Picker";

export type Mention = Named;
type Props = { ref: Ref<PickerHandle>; text: string; onPick: (who: Mention, text: string) => void };

/** Colleagues whose name begins as what stands after the last "@" of a note. */
export function MentionPicker({ ref, text, onPick }: Props) {
  const client = useClient();
  const me = useMe();
  const { compose: said } = useStrings();
  const [agents, setAgents] = useState<Agent[]>([]);
  const typed = /@([^@\s]*)$/.exec(text)?.[1];
  const wanted = typed !== undefined;
  useEffect(() => {
    if (!wanted) return;
    client.http.get<{ agents: Agent[] }>("agents").then(
      (page) => setAgents(page.agents),
      () => {}, // without the list a name can still be typed
    );
  }, [client, wanted]);
  const items = useMemo(
    () =>
      typed === undefined
        ? []
        : agents
            .filter(
              ({ id, name, login, disabled }) =>
                !disabled && id !== me.id && `${name} ${login}`.includes(typed),
            )
            .filter(({ name }) => name !== typed)
            .slice(0, 6),
    [agents, typed, me.id],
  );
  return (
    <Picker
      ref={ref}
      label={said.notePlaceholder}
      empty={null}
      items={items}
      keyOf={({ id }) => id}
      show={({ name, login }) => (
        <>
          <b>@{name}</b>
          <span>{login}</span>
        </>
      )}
      onPick={({ id, name }) => onPick({ id, name }, `${text.replace(/@[^@\s]*$/, "")}@${name} `)}
    />
  );
}
