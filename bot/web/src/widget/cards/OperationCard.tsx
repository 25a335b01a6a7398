import { CheckIcon } from "../../ui/icons";
import { useStrings } from "../context";
import type { OperationData } from "./data";
import { Frame } from "./Frame";

export function OperationCard({ data }: { data: OperationData }) {
  const { operation: said } = useStrings();
  return (
    <Frame
      icon={<CheckIcon />}
      title={data.title}
      aside={
        <span className="state" data-state={data.state}>
          {said.state[data.state] ?? data.state}
        </span>
      }
    >
      <dl className="operation-lines">
        {data.lines.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {data.state === "offered" && <p className="info-quiet">{said.ask}</p>}
    </Frame>
  );
}
