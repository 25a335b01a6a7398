import type { Prompt } from "../chat/protocol";
import { useStrings } from "./context";

/** What somebody who comes back most likely came for. */
export function Prompts(props: { prompts: readonly Prompt[] | null; onAsk: (prompt: Prompt) => void }) {
  const { greeting } = useStrings();
  if (!props.prompts?.length) return null;
  return (
    <section className="prompts" aria-label={greeting.own}>
      <h3>{greeting.own}</h3>
      <ul className="replies">
        {props.prompts.map((prompt) => (
          <li key={prompt.prompt}>
            <button type="button" onClick={() => props.onAsk(prompt)}>
              {prompt.title}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
