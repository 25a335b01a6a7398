import { createContext, useContext } from "react";
import { type Strings, zh } from "./locales";

export type Surroundings = {
  strings: Strings;
  /** The server's clock minus this device's, in ms. */
  clockOffset: number;
};

export const SurroundingsContext = createContext<Surroundings>({ strings: zh, clockOffset: 0 });

export function useSurroundings(): Surroundings {
  return useContext(SurroundingsContext);
}

export function useStrings(): Strings {
  return useContext(SurroundingsContext).strings;
}
