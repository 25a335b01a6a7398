import { lazy, Suspense, useEffect, useState } from "react";
import { Board } from "./complaints/Board";
import { useClient, useDesk, useStrings } from "./context";
import { Help } from "./Help";
import { useKeys } from "./keys";
import { Guard } from "./parts/Guard";
import { Rail } from "./Rail";
import { go, useRoute } from "./router";
import { SettingsPage } from "./settings/SettingsPage";
import { Work } from "./Work";
import { Wall } from "./wall/Wall";

// Charts are most of the weight and rarely looked at.
const Reports = lazy(() => import("./reports/Reports"));
const CarePage = lazy(() => import("./care/CarePage"));

/** Pages beside the work itself; taking a ticket moves between lists and must keep what is open. */
const OFFICE = { complaints: 1, care: 1, reports: 1, wall: 1, settings: 1 };

const PLACES: Record<string, string> = {
  q: "queue",
  m: "mine",
  a: "all",
  e: "closed",
  b: "bot",
  k: "complaints",
  c: "care",
  r: "reports",
  w: "wall",
  s: "settings",
};

export function Shell() {
  const client = useClient();
  const strings = useStrings();
  const [page = "mine", second] = useRoute();
  const [help, setHelp] = useState(false);

  useEffect(
    () => client.look(["queue", "mine", "all", "closed", "wall"].includes(page) ? page : null),
    [client, page],
  );

  useKeys({
    "?": () => setHelp(true),
    ...Object.fromEntries(Object.entries(PLACES).map(([key, place]) => [`g ${key}`, () => go(place)])),
  });

  return (
    <div className="shell">
      <Rail page={page} onHelp={() => setHelp(true)} />
      <div className="stage">
        <ConnectionBar />
        <Guard key={page in OFFICE ? page : "work"} text={strings.failed}>
          <Suspense fallback={<p className="quiet-note">{strings.office.settings.loading}</p>}>
            <Page page={page} second={second ?? null} />
          </Suspense>
        </Guard>
      </div>
      {help && <Help onClose={() => setHelp(false)} />}
    </div>
  );
}

function Page({ page, second }: { page: string; second: string | null }) {
  switch (page) {
    case "complaints":
      return <Board number={second} />;
    case "care":
      return <CarePage place={second} />;
    case "reports":
      return <Reports />;
    case "wall":
      return <Wall />;
    case "settings":
      return <SettingsPage tab={second ?? "me"} />;
    default:
      return <Work page={page} chosen={second} />;
  }
}

function ConnectionBar() {
  const client = useClient();
  const { status } = useDesk();
  const { status: said } = useStrings();
  return (
    <div role="status">
      {status !== "online" && (
        <div className="connection" data-status={status}>
          <p>{said[status]}</p>
          {status === "offline" && (
            <button type="button" className="btn small" onClick={() => client.wake()}>
              {said.retry}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
