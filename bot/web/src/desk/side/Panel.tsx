import { useState } from "react";
import type { Line, Summary } from "../client/tickets";
import { useStrings } from "../context";
import type { Standing } from "../talk/standing";
import { CustomerTab } from "./CustomerTab";
import { OperationsTab } from "./OperationsTab";
import { SummaryTab } from "./SummaryTab";

type Props = {
  conversation: string;
  summary: Summary | null;
  line: Line | null;
  stands: Standing;
  operations: number;
};
type Tab = "customer" | "summary" | "operations";

export function Panel({ conversation, summary, line, stands, operations }: Props) {
  const { office, talk } = useStrings();
  const [tab, setTab] = useState<Tab>(line && !line.first_reply_at ? "summary" : "customer");
  const tabs: Tab[] = line ? ["summary", "customer", "operations"] : ["customer"];
  return (
    <aside className="side" aria-label={talk.side}>
      <div className="side-tabs">
        {tabs.map((one) => (
          <button key={one} type="button" aria-pressed={tab === one} onClick={() => setTab(one)}>
            {office.side.tabs[one]}
          </button>
        ))}
      </div>
      <div className="side-body">
        {tab === "customer" && (
          <CustomerTab conversation={conversation} verified={line?.customer.verified ?? false} />
        )}
        {tab === "summary" && <SummaryTab summary={summary} />}
        {tab === "operations" && (
          <OperationsTab conversation={conversation} mine={stands.mine} changes={operations} />
        )}
      </div>
    </aside>
  );
}
