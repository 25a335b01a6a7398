import type { Status } from "../chat/state";
import { CloseIcon, Mark, ShieldIcon } from "../ui/icons";
import { useStrings } from "./context";

type Props = { title: string; status: Status; verified: boolean; onClose: (() => void) | null };

export function Header({ title, status, verified, onClose }: Props) {
  const strings = useStrings();
  return (
    <header className="head">
      <span className="head-mark">
        <Mark size={26} />
      </span>
      <div className="head-text">
        <h1>{title}</h1>
        <p role="status">
          <i className="dot" data-status={status} />
          {strings.status[status]}
        </p>
      </div>
      {verified && (
        <span className="head-verified">
          <ShieldIcon size={15} />
          {strings.verified}
        </span>
      )}
      {onClose && (
        <button type="button" className="head-close" aria-label={strings.close} onClick={onClose}>
          <CloseIcon />
        </button>
      )}
    </header>
  );
}
