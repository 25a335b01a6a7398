import { type Ref, useEffect, useMemo, useState } from "react";
import { type Canned, matching } from "../client/canned";
import { useAttempt, useClient, useSay, useStrings } from "../context";
import { Picker, type PickerHandle } from "./Picker";

type Props = {
  ref: Ref<PickerHandle>;
  conversation: string;
  /** What stands after the "/". */
  typed: string;
  onPick: (text: string) => void;
};

export function CannedPicker({ ref, conversation, typed, onPick }: Props) {
  const client = useClient();
  const attempt = useAttempt();
  const say = useSay();
  const { compose: said } = useStrings();
  const [all, setAll] = useState<Canned[] | null>(null);
  useEffect(() => {
    void attempt(() => client.http.get<{ canned: Canned[] }>("canned")).then((page) =>
      setAll(page?.canned ?? []),
    );
  }, [client, attempt]);
  const items = useMemo(() => matching(all ?? [], typed), [all, typed]);

  const pick = async ({ id }: Canned) => {
    const path = `canned/${id}/filled?conversation=${encodeURIComponent(conversation)}`;
    const filled = await attempt(() => client.http.get<{ text: string; missing: string[] }>(path));
    if (!filled) return;
    if (filled.missing.length > 0) say(said.missing(filled.missing.join("、")), "bad");
    onPick(filled.text);
  };

  return (
    <Picker
      ref={ref}
      label={said.canned}
      empty={all ? said.noCanned : null}
      items={items}
      keyOf={({ id }) => id}
      show={({ shortcut, title, text }) => (
        <>
          <kbd>/{shortcut}</kbd>
          <b>{title}</b>
          <span>{text}</span>
        </>
      )}
      onPick={(one) => void pick(one)}
    />
  );
}
