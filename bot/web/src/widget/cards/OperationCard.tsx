import { CheckIcon } from "../../ui/icons";
import { useStrings } from "../context";
import type { OperationData } from "./data";
import { Frame } from "./Frame";

/** What an agent offers to do; confirming and refusing are the message's quick replies. */
export function OperationCard({ data: { agent, text, terms } }: { data: OperationData }) {
  const { operation: said } = useStrings();
  return (
    <Frame icon={<CheckIcon />} title={said.title} aside={agent}>
      <p className="operation-text">{text}</p>
      <p className="info-quiet">{terms}</p>
    </Frame>
  );
}
