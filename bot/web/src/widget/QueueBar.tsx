import type { Choice, Message } from "../chat/protocol";
import type { ChatState } from "../chat/state";
import { ClockIcon } from "../ui/icons";
import { useStrings } from "./context";

type Props = {
  chat: ChatState;
  onChoose: (choice: Choice, title: string) => void;
  onSay: (text: string) => void;
};

/** The buttons of the house that the bar repeats, so that they stay in reach while the talk goes on. */
const LEAVE = /不等了|取消排队/;
const CALLBACK = /回电/;

/** While a customer waits: their place, how long it may take, and the ways out. */
export function QueueBar({ chat, onChoose, onSay }: Props) {
  const { queue: said } = useStrings();
  const { queue, messages } = chat;
  if (queue?.by !== "queue") return null;
  const { position, wait } = queue;
  const press = (wanted: RegExp, words: string) => {
    const found = offered(messages, wanted);
    if (found) onChoose(found.choice, found.title);
    else onSay(words);
  };
  return (
    <div className="banner queue-bar" role="status">
      <ClockIcon size={18} />
      <p>
        <b>{position ? said.position(position) : said.waiting}</b>
        {wait && <span>{said.wait(minutes(wait[0]), minutes(wait[1]))}</span>}
      </p>
      <button type="button" onClick={() => press(CALLBACK, said.callbackSay)}>
        {said.callback}
      </button>
      <button type="button" onClick={() => press(LEAVE, said.leaveSay)}>
        {said.leave}
      </button>
    </div>
  );
}

function minutes(seconds: number): number {
  return Math.max(1, Math.ceil(seconds / 60));
}

/** The newest quick reply whose title is like `wanted`. */
function offered(messages: readonly Message[], wanted: RegExp): { choice: Choice; title: string } | null {
  for (let at = messages.length - 1; at >= 0; at--) {
    const { seq = 0, quick_replies } = messages[at] ?? {};
    const index = quick_replies?.findIndex(({ title }) => wanted.test(title)) ?? -1;
    if (index >= 0) return { choice: { seq, index }, title: quick_replies?.[index]?.title ?? "" };
  }
  return null;
}
