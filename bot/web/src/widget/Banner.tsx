import { useEffect, useState } from "react";
import type { ChatState } from "../chat/state";
import { useNow } from "../ui/clock";
import { AlertIcon, ClockIcon, OfflineIcon } from "../ui/icons";
import { useStrings } from "./context";

/** Most interruptions are over before they are worth a word. */
const PATIENCE_MS = 1500;

/** What the customer must know about the connection; nothing when all is well. */
export function Banner({ chat, onRetry }: { chat: ChatState; onRetry: () => void }) {
  const { banner: said } = useStrings();
  const { status } = chat;
  const reconnecting = useLasting(status === "connecting" && chat.conversation !== null, PATIENCE_MS);
  return (
    <div className="banners" role="status">
      {status === "offline" && (
        <div className="banner" data-mood="warn">
          <OfflineIcon size={18} />
          <p>{said.offline}</p>
          <button type="button" onClick={onRetry}>
            {said.retry}
          </button>
        </div>
      )}
      {status === "refused" && (
        <div className="banner" data-mood="warn">
          <AlertIcon size={18} />
          <p>{said.refused}</p>
        </div>
      )}
      {reconnecting && (
        <div className="banner">
          <i className="spinner" />
          <p>{said.connecting}</p>
        </div>
      )}
      {chat.pausedUntil !== null && <Paused until={chat.pausedUntil} />}
    </div>
  );
}

function Paused({ until }: { until: number }) {
  const { banner: said } = useStrings();
  const now = useNow(250);
  return (
    <div className="banner">
      <ClockIcon size={18} />
      <p>{said.paused(Math.max(1, Math.ceil((until - now) / 1000)))}</p>
    </div>
  );
}

/** True once `condition` has been true for `ms`. */
function useLasting(condition: boolean, ms: number): boolean {
  const [lasted, setLasted] = useState(false);
  useEffect(() => {
    if (!condition) {
      setLasted(false);
      return;
    }
    const timer = setTimeout(() => setLasted(true), ms);
    return () => clearTimeout(timer);
  }, [condition, ms]);
  return lasted && condition;
}
