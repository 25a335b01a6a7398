import { useCallback, useEffect, useState } from "react";
import { useAttempt, useClient } from "../context";

export type Loaded<T> = { value: T | null; failed: boolean; reload: () => void; set: (value: T) => void };

/** What the server answers to GET `path`; again when `path` or `version` changes. Null path: nothing. */
export function useLoaded<T>(path: string | null, version: unknown = 0): Loaded<T> {
  const client = useClient();
  const attempt = useAttempt();
  const [value, setValue] = useState<T | null>(null);
  const [failed, setFailed] = useState(false);
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: version and turn say when to ask again
  useEffect(() => {
    if (path === null) return;
    let current = true;
    setFailed(false);
    void attempt(() => client.http.get<T>(path)).then((found) => {
      if (!current) return;
      if (found === undefined) setFailed(true);
      else setValue(found);
    });
    return () => {
      current = false;
    };
  }, [client, attempt, path, version, turn]);
  const reload = useCallback(() => setTurn((one) => one + 1), []);
  return { value, failed, reload, set: setValue };
}
