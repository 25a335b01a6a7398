import { CopyIcon } from "../../ui/icons";
import { useStrings } from "../context";
import { Dialog } from "../parts/Dialog";

/** What is shown once and never again. */
export function Secret({ title, value, onClose }: { title: string; value: string; onClose: () => void }) {
  const { help } = useStrings();
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="question">
        <p className="secret">
          <code>{value}</code>
          <button
            type="button"
            className="icon-btn"
            aria-label="Copy"
            onClick={() => navigator.clipboard?.writeText(value)}
          >
            <CopyIcon size={17} />
          </button>
        </p>
        <footer>
          <button type="button" className="btn primary" onClick={onClose}>
            {help.close}
          </button>
        </footer>
      </div>
    </Dialog>
  );
}
