import { useClient, useDesk, useStrings } from "./context";
import { when } from "./format";
import { Dialog } from "./parts/Dialog";
import { go } from "./router";

export function Notices({ onClose }: { onClose: () => void }) {
  const client = useClient();
  const strings = useStrings();
  const { notices } = useDesk();
  return (
    <Dialog title={strings.notices.title} onClose={onClose}>
      {notices.length === 0 && <p className="quiet-note">{strings.notices.empty}</p>}
      <ul className="notices">
        {notices.map(({ id, text, at, ticket, complaint }) => (
          <li key={id}>
            <p>
              {text}
              <time dateTime={at}>{when(at, strings)}</time>
            </p>
            {(ticket !== null || complaint) && (
              <button
                type="button"
                className="btn small"
                onClick={() => {
                  client.dismiss(id);
                  if (ticket !== null) go("mine", ticket);
                  else if (complaint) go("complaints", complaint);
                  onClose();
                }}
              >
                {strings.notices.open}
              </button>
            )}
            <button type="button" className="btn small quiet" onClick={() => client.dismiss(id)}>
              {strings.notices.dismiss}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
