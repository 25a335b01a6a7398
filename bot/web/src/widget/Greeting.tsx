import type { Prompt } from "../chat/protocol";
import { ArrowIcon, ClockIcon, FlagIcon, Mark, PersonIcon, PointsIcon, WalletIcon } from "../ui/icons";
import { useStrings } from "./context";

const ICONS = [PointsIcon, WalletIcon, FlagIcon, PersonIcon];
const OWN_ICONS: Record<string, typeof PersonIcon> = {
  complaint: FlagIcon,
  ask_complaint_status: FlagIcon,
  card: WalletIcon,
  ask_balance: WalletIcon,
  points: PointsIcon,
  ask_points: PointsIcon,
  delivery: ClockIcon,
  reorder: ClockIcon,
};

type Props = {
  prompts: readonly Prompt[] | null;
  onSay: (text: string) => void;
  onAsk: (prompt: Prompt) => void;
};

/** What is there before anything was said: the questions everybody may have, or this very customer's. */
export function Greeting({ prompts, onSay, onAsk }: Props) {
  const { greeting: said } = useStrings();
  const own = prompts?.some((prompt) => prompt.own) ? prompts : null;
  const person = said.questions[said.questions.length - 1] ?? "";
  const offered = own
    ? [
        ...own.map((prompt) => ({
          title: prompt.title,
          Icon: OWN_ICONS[prompt.prompt] ?? PersonIcon,
          press: () => onAsk(prompt),
        })),
        { title: person, Icon: PersonIcon, press: () => onSay(person) },
      ]
    : said.questions.map((title, index) => ({
        title,
        Icon: ICONS[index] ?? PersonIcon,
        press: () => onSay(title),
      }));
  return (
    <section className="greeting">
      <span className="greeting-mark">
        <Mark size={40} />
      </span>
      <h2>{said[partOfDay(new Date().getHours())]}</h2>
      <p>{said.text}</p>
      <h3>{own ? said.own : said.try}</h3>
      <ul>
        {offered.map(({ title, Icon, press }) => (
          <li key={title}>
            <button type="button" onClick={press}>
              <span className="greeting-icon">
                <Icon />
              </span>
              {title}
              <ArrowIcon size={16} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function partOfDay(hour: number): "morning" | "day" | "evening" {
  if (hour >= 5 && hour < 11) return "morning";
  return hour >= 18 || hour < 5 ? "evening" : "day";
}
