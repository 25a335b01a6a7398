import { WalletIcon } from "../../ui/icons";
import { useStrings } from "../context";
import { date, money } from "../format";
import type { BalanceData } from "./data";
import { Frame } from "./Frame";

export function BalanceCard({ data }: { data: BalanceData }) {
  const { balance: said } = useStrings();
  return (
    <Frame icon={<WalletIcon />} title={said.title}>
      <p className="info-figure">
        <span className="info-label">{said.total}</span>
        <span className="yuan">¥</span>
        <strong>{money(data.total)}</strong>
      </p>
      {data.cards.length === 0 && <p className="info-quiet">{said.none}</p>}
      {data.cards.map((card) => (
        <OneCard key={`${card.type} ${card.number}`} card={card} />
      ))}
    </Frame>
  );
}

function OneCard({ card }: { card: BalanceData["cards"][number] }) {
  const strings = useStrings();
  const said = strings.balance;
  return (
    <section className="purse" data-state={card.state}>
      <h3>
        <span>{card.type}</span>
        <span className="purse-number">{card.number}</span>
        <em className="state" data-state={card.state}>
          {said.state[card.state] ?? card.state}
        </em>
      </h3>
      <dl>
        <Amount name={said.principal} fen={card.principal} />
        <Amount name={said.bonus} fen={card.bonus} />
        {card.held > 0 && <Amount name={said.held} fen={card.held} />}
        <div className="wide">
          <dt>{said.until}</dt>
          <dd>{card.valid_until ? date(card.valid_until, strings) : said.forever}</dd>
        </div>
      </dl>
    </section>
  );
}

function Amount({ name, fen }: { name: string; fen: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>¥{money(fen)}</dd>
    </div>
  );
}
