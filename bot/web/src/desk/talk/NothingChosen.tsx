import { Mark } from "../../ui/icons";
import { useStrings } from "../context";

export function NothingChosen() {
  const { talk } = useStrings();
  return (
    <section className="nothing">
      <Mark size={46} />
      <h2>{talk.choose}</h2>
      <p>{talk.chooseHint}</p>
    </section>
  );
}
