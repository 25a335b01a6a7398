import { may, type Role } from "../client/people";
import { useMe, useStrings } from "../context";
import { href } from "../router";
import { Agents } from "./Agents";
import { Audit } from "./Audit";
import { CannedReplies } from "./CannedReplies";
import { Mine } from "./Mine";
import { RulesForm } from "./RulesForm";
import { Teams } from "./Teams";
import { Tokens } from "./Tokens";
import { Webhooks } from "./Webhooks";

const TABS: Record<string, { role: Role; show: () => React.ReactNode }> = {
  me: { role: "agent", show: () => <Mine /> },
  canned: { role: "agent", show: () => <CannedReplies /> },
  agents: { role: "admin", show: () => <Agents /> },
  teams: { role: "admin", show: () => <Teams /> },
  rules: { role: "admin", show: () => <RulesForm /> },
  tokens: { role: "admin", show: () => <Tokens /> },
  webhooks: { role: "admin", show: () => <Webhooks /> },
  audit: { role: "supervisor", show: () => <Audit /> },
};

export function SettingsPage({ tab }: { tab: string }) {
  const me = useMe();
  const { office } = useStrings();
  const said = office.settings;
  const tabs = Object.entries(TABS).filter(([, { role }]) => may(me, role));
  const chosen = tabs.find(([name]) => name === tab) ?? tabs[0];
  return (
    <main className="page">
      <header className="page-head">
        <h1>{said.title}</h1>
        <nav className="segments" aria-label={said.title}>
          {tabs.map(([name]) => (
            <a
              key={name}
              href={href("settings", name)}
              aria-current={name === chosen?.[0] ? "page" : undefined}
            >
              {said.tabs[name]}
            </a>
          ))}
        </nav>
      </header>
      <div className="settings">{chosen?.[1].show()}</div>
    </main>
  );
}
