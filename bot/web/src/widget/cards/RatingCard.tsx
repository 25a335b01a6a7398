import { StarIcon } from "../../ui/icons";
import { useStrings } from "../context";
import { Frame } from "./Frame";

/** The question; its answers are the message's quick replies. */
export function RatingCard({ text }: { text: string }) {
  const { rating: said } = useStrings();
  return (
    <Frame icon={<StarIcon />} title={said.title}>
      <p className="info-quiet">{text}</p>
    </Frame>
  );
}
