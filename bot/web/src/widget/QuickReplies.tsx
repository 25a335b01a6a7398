import type { Choice, Message } from "../chat/protocol";
import { useStrings } from "./context";

/** The answers the newest message offers. */
export function QuickReplies(props: { message: Message; onChoose: (choice: Choice, title: string) => void }) {
  const strings = useStrings();
  const { seq, quick_replies } = props.message;
  if (!quick_replies?.length) return null;
  return (
    <ul className="replies" aria-label={strings.quickReplies}>
      {quick_replies.map(({ title }, index) => (
        <li key={title}>
          <button type="button" onClick={() => props.onChoose({ seq, index }, title)}>
            {title}
          </button>
        </li>
      ))}
    </ul>
  );
}
