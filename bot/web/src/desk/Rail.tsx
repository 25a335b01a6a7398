import { type ComponentType, useState } from "react";
import { Mark } from "../ui/icons";
import { type Duty, may } from "./client/people";
import { useAttempt, useClient, useDesk, useMe, useStrings } from "./context";
import {
  ArchiveIcon,
  BellIcon,
  BoardIcon,
  BotIcon,
  CareIcon,
  ChartIcon,
  ChatIcon,
  GearIcon,
  KeyIcon,
  QueueIcon,
  StackIcon,
  ThemeIcon,
  WallIcon,
} from "./icons";
import { Notices } from "./Notices";
import { href } from "./router";
import type { Strings } from "./strings";
import { wish, wishes } from "./wishes";

type Place = Exclude<keyof Strings["nav"], "label">;

const ICONS: Record<Place, ComponentType<{ size?: number }>> = {
  queue: QueueIcon,
  mine: ChatIcon,
  all: StackIcon,
  closed: ArchiveIcon,
  bot: BotIcon,
  complaints: BoardIcon,
  care: CareIcon,
  reports: ChartIcon,
  wall: WallIcon,
  settings: GearIcon,
};

/** The main menu, with what waits, and who I am. */
export function Rail({ page, onHelp }: { page: string; onHelp: () => void }) {
  const strings = useStrings();
  const { counts, notices } = useDesk();
  const me = useMe();
  const [bell, setBell] = useState(false);
  const places = (Object.keys(ICONS) as Place[]).filter(
    (place) => may(me, "supervisor") || !["care", "reports", "wall"].includes(place),
  );
  const badge: Partial<Record<Place, number>> = { queue: counts.queue, mine: counts.unread };
  return (
    <nav className="rail" aria-label={strings.nav.label}>
      <span className="rail-mark">
        <Mark size={26} />
      </span>
      <ul>
        {places.map((place) => {
          const Icon = ICONS[place];
          return (
            <li key={place}>
              <a href={href(place)} aria-current={page === place ? "page" : undefined}>
                <Icon size={21} />
                <span>{strings.nav[place]}</span>
                {Boolean(badge[place]) && <em>{badge[place]}</em>}
              </a>
            </li>
          );
        })}
      </ul>
      <div className="rail-foot">
        <button
          type="button"
          aria-label={strings.help.title}
          title={`${strings.help.title} (?)`}
          onClick={onHelp}
        >
          <KeyIcon />
        </button>
        <button
          type="button"
          aria-label={[strings.notices.title, notices.length || ""].join(" ").trim()}
          title={strings.notices.title}
          onClick={() => setBell(true)}
        >
          <BellIcon />
          {notices.length > 0 && <em>{notices.length}</em>}
        </button>
        <ThemeButton />
        <DutySwitch />
      </div>
      {bell && <Notices onClose={() => setBell(false)} />}
    </nav>
  );
}

/** Light or dark at once; following the device is chosen in the settings. */
function ThemeButton() {
  const { office } = useStrings();
  const { theme } = office.settings;
  const turn = () => {
    const wished = wishes.get().theme;
    const dark = wished ? wished === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    wish({ theme: dark ? "light" : "dark" });
  };
  return (
    <button type="button" aria-label={theme} title={theme} onClick={turn}>
      <ThemeIcon />
    </button>
  );
}

function DutySwitch() {
  const client = useClient();
  const attempt = useAttempt();
  const { duty: said } = useStrings();
  const me = useMe();
  return (
    <label className="duty" data-duty={me.duty}>
      <span className="duty-name" title={me.login}>
        {me.name}
      </span>
      <span className="sr">{said.label}</span>
      <select value={me.duty} onChange={(event) => attempt(() => client.setDuty(event.target.value as Duty))}>
        <option value="on">{said.on}</option>
        <option value="away">{said.away}</option>
        <option value="off">{said.off}</option>
      </select>
    </label>
  );
}
