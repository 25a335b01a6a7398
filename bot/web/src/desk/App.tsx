import { useEffect, useMemo, useSyncExternalStore } from "react";
import { SurroundingsContext } from "../widget/context";
import { stringsFor as widgetStrings } from "../widget/locales";
import { alerts } from "./alerts";
import type { DeskClient } from "./client/desk";
import { DeskContext } from "./context";
import { ChangePassword, Login, Unreachable } from "./Login";
import { Toasts, useToasts } from "./parts/Toasts";
import { Shell } from "./Shell";
import { stringsFor } from "./strings";
import { wishes } from "./wishes";

export function App({ client }: { client: DeskClient }) {
  const { phase, me, clockOffset } = useSyncExternalStore(client.state.subscribe, client.state.get);
  const wished = useSyncExternalStore(wishes.subscribe, wishes.get);
  const locale = wished.language ?? navigator.language;
  const strings = useMemo(() => stringsFor(locale), [locale]);
  const cards = useMemo(() => ({ strings: widgetStrings(locale), clockOffset }), [locale, clockOffset]);
  const { toasts, say } = useToasts();
  const context = useMemo(() => ({ client, strings, say }), [client, strings, say]);

  useEffect(() => {
    document.documentElement.lang = strings.lang;
    return alerts(client, strings);
  }, [client, strings]);

  return (
    <DeskContext.Provider value={context}>
      <SurroundingsContext.Provider value={cards}>
        {phase === "out" && <Login />}
        {phase === "unreachable" && <Unreachable />}
        {phase === "in" && me && (me.must_change_password ? <ChangePassword /> : <Shell />)}
        <Toasts toasts={toasts} />
      </SurroundingsContext.Provider>
    </DeskContext.Provider>
  );
}
