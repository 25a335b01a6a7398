import type { Entry } from "../../chat/outbox";
import { AlertIcon } from "../../ui/icons";
import { useStrings } from "../context";

type Props = { entry: Entry; onResend: () => void; onDiscard: () => void };

/** What I wrote and the server has not stored yet, or refused. */
export function PendingItem({ entry, onResend, onDiscard }: Props) {
  const { talk: said } = useStrings();
  const { text, failed } = entry;
  return (
    <article className="msg" data-author="agent" data-pending={!failed}>
      <div className="msg-body">
        <div className="bubble">{text}</div>
      </div>
      {failed ? (
        <p className="delivery" data-bad="true" role="alert">
          <AlertIcon size={13} />
          {said.notSent}
          <span>{failed.text}</span>
          <button type="button" onClick={onResend}>
            {said.resend}
          </button>
          <button type="button" onClick={onDiscard}>
            {said.discard}
          </button>
        </p>
      ) : (
        <p className="delivery">
          <i className="spinner" />
          {said.pending}
        </p>
      )}
    </article>
  );
}
