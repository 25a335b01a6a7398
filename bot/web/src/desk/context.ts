import { createContext, useCallback, useContext, useMemo, useSyncExternalStore } from "react";
import type { DeskClient } from "./client/desk";
import { Refusal } from "./client/http";
import type { Me } from "./client/people";
import type { DeskState } from "./client/state";
import type { Line } from "./client/tickets";
import { type Strings, zh } from "./strings";
import { settingsIn } from "./strings/coded";
import { refusalIn } from "./strings/refusals";

type Surroundings = {
  client: DeskClient;
  strings: Strings;
  /** Says something at the edge of the screen for a few seconds. */
  say: (text: string, mood?: "good" | "bad") => void;
};

export const DeskContext = createContext<Surroundings | null>(null);

function useSurroundings(): Surroundings {
  const found = useContext(DeskContext);
  if (!found) throw new Error("the desk's context is missing");
  return found;
}

export const useClient = (): DeskClient => useSurroundings().client;
export const useSay = (): Surroundings["say"] => useSurroundings().say;
export const useStrings = (): Strings => useContext(DeskContext)?.strings ?? zh;

/** What is known now; names are those of the agent's language. */
export function useDesk(): DeskState {
  const {
    client: { state },
    strings,
  } = useSurroundings();
  const known = useSyncExternalStore(state.subscribe, state.get);
  const settings = settingsIn(known.settings, strings.lang);
  return useMemo(() => ({ ...known, settings }), [known, settings]);
}

export function useMe(): Me {
  const { me } = useDesk();
  if (!me) throw new Error("nobody is signed in");
  return me;
}

export function useLine(id: number | null): Line | null {
  const { lines } = useDesk();
  return id === null ? null : (lines.get(id) ?? null);
}

/** Runs something that asks the server; a refusal is said aloud. Resolves to undefined when it failed. */
export function useAttempt() {
  const { say, strings } = useSurroundings();
  return useCallback(
    async <T>(what: () => Promise<T>): Promise<T | undefined> => {
      try {
        return await what();
      } catch (problem) {
        say(problem instanceof Refusal ? refusalIn(strings.lang, problem) : strings.failed, "bad");
        return undefined;
      }
    },
    [say, strings],
  );
}
