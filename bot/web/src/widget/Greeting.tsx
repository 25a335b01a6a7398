import { ArrowIcon, FlagIcon, Mark, PersonIcon, PointsIcon, WalletIcon } from "../ui/icons";
import { useStrings } from "./context";

const ICONS = [PointsIcon, WalletIcon, FlagIcon, PersonIcon];

/** What is there before anything was said. */
export function Greeting({ onSay }: { onSay: (text: string) => void }) {
  const { greeting: said } = useStrings();
  return (
    <section className="greeting">
      <span className="greeting-mark">
        <Mark size={40} />
      </span>
      <h2>{said[partOfDay(new Date().getHours())]}</h2>
      <p>{said.text}</p>
      <h3>{said.try}</h3>
      <ul>
        {said.questions.map((question, index) => {
          const Icon = ICONS[index] ?? PersonIcon;
          return (
            <li key={question}>
              <button type="button" onClick={() => onSay(question)}>
                <span className="greeting-icon">
                  <Icon />
                </span>
                {question}
                <ArrowIcon size={16} />
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function partOfDay(hour: number): "morning" | "day" | "evening" {
  if (hour >= 5 && hour < 11) return "morning";
  return hour >= 18 || hour < 5 ? "evening" : "day";
}
