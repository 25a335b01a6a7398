import { PersonIcon } from "../../ui/icons";
import type { Line, Viewer } from "../client/tickets";
import { useDesk, useMe, useStrings } from "../context";
import { nameOf } from "../format";
import { BackIcon, EyeIcon } from "../icons";
import { MoodBadge, WhoName } from "../parts/Badges";
import { Key } from "../parts/Key";
import type { Question } from "./Questions";
import type { Standing } from "./standing";

type Props = {
  line: Line | null;
  stands: Standing;
  viewers: readonly Viewer[];
  /** What the T key does now. */
  first: "accept" | "take" | "takeover" | null;
  onAct: (name: string, body?: object) => Promise<boolean>;
  onAsk: (question: Question) => void;
  onLeave: () => void;
  side: boolean;
  onSide: () => void;
};

export function TalkHeader(props: Props) {
  const { line, viewers, onLeave, side, onSide } = props;
  const strings = useStrings();
  const { settings } = useDesk();
  const said = strings.talk;
  return (
    <header className="talk-head">
      <button type="button" className="icon-btn talk-back" aria-label={said.back} onClick={onLeave}>
        <BackIcon />
      </button>
      <div className="talk-who">
        <h2>{line ? <WhoName who={line.customer} /> : strings.nav.bot}</h2>
        {line && (
          <p>
            <span>#{line.id}</span>
            <span>{strings.channel[line.channel] ?? line.channel}</span>
            {line.topic && <span>{nameOf(settings?.topics, line.topic)}</span>}
            {line.agent && <span>{line.agent.name}</span>}
            <MoodBadge mood={line.emotion} />
          </p>
        )}
      </div>
      <Viewers viewers={viewers.filter(({ id }) => id !== line?.agent?.id)} />
      <Actions {...props} />
      <button
        type="button"
        className="icon-btn"
        aria-label={said.side}
        title={`${said.side} (P)`}
        aria-pressed={side}
        onClick={onSide}
      >
        <PersonIcon />
      </button>
      {line?.offer && <Offer {...props} />}
    </header>
  );
}

function Viewers({ viewers }: { viewers: readonly Viewer[] }) {
  const { talk: said } = useStrings();
  const me = useMe();
  const others = viewers.filter(({ id, mode }) => id !== me.id && mode !== "owner");
  if (others.length === 0) return null;
  const listening = others.find(({ mode }) => mode === "listening");
  const text = listening
    ? said.listening(listening.name)
    : said.viewers(others.map(({ name }) => name).join("、"));
  return (
    <p className="talk-viewers" title={text}>
      <EyeIcon size={16} />
      {text}
    </p>
  );
}

function Actions({ line, stands, first, onAct, onAsk }: Props) {
  const { talk: said } = useStrings();
  const main = line && line.kind !== "live" ? said.takeMessage : said.take;
  return (
    <div className="talk-actions">
      {stands.callback && (
        <>
          <button
            type="button"
            className="btn small"
            onClick={() => onAct("callback", { state: "done", note: "" })}
          >
            {said.called}
          </button>
          <button
            type="button"
            className="btn small"
            onClick={() => onAct("callback", { state: "failed", note: "" })}
          >
            {said.notReached}
          </button>
        </>
      )}
      {stands.pass && (
        <>
          <button type="button" className="btn small" title="F" onClick={() => onAsk("transfer")}>
            {said.transfer}
            <Key name="F" />
          </button>
          <button type="button" className="btn small" onClick={() => onAct("release")}>
            {said.release}
          </button>
        </>
      )}
      {stands.assign && (
        <button type="button" className="btn small" onClick={() => onAsk("assign")}>
          {said.assign}
        </button>
      )}
      {stands.mine && (
        <>
          <button type="button" className="btn small" title="B" onClick={() => onAsk("handback")}>
            {said.handback}
            <Key name="B" />
          </button>
          <button type="button" className="btn small" title="X" onClick={() => onAsk("close")}>
            {said.close}
            <Key name="X" />
          </button>
        </>
      )}
      {(first === "take" || first === "takeover") && (
        <button type="button" className="btn small primary" title="T" onClick={() => onAct(first)}>
          {first === "take" ? main : said.takeover}
          <Key name="T" />
        </button>
      )}
      {stands.reopen && (
        <button type="button" className="btn small primary" onClick={() => onAct("reopen")}>
          {said.reopen}
        </button>
      )}
    </div>
  );
}

function Offer({ line, stands, onAct, onAsk }: Props) {
  const { talk: said } = useStrings();
  const { offer } = line ?? {};
  if (!offer) return null;
  const to = offer.to.agent?.name ?? offer.to.team?.name ?? "";
  return (
    <div className="talk-offer" role="status">
      <p>{stands.offered ? said.offered(offer.from.name, offer.note) : said.offeredAway(to)}</p>
      {stands.offered && (
        <>
          <button type="button" className="btn small primary" title="T" onClick={() => onAct("accept")}>
            {said.accept}
            <Key name="T" />
          </button>
          <button type="button" className="btn small" onClick={() => onAsk("decline")}>
            {said.decline}
          </button>
        </>
      )}
      {stands.withdraw && (
        <button type="button" className="btn small" onClick={() => onAct("withdraw")}>
          {said.withdraw}
        </button>
      )}
    </div>
  );
}
