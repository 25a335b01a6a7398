import { Tag } from "@chatui/core";
import { useNow } from "../../ui/clock";
import { PointsIcon } from "../../ui/icons";
import { useSurroundings } from "../context";
import { count, date, daysUntil } from "../format";
import type { PointsData } from "./data";
import { Frame } from "./Frame";

const HOUR = 3_600_000;

export function PointsCard({ data }: { data: PointsData }) {
  const { strings, clockOffset } = useSurroundings();
  const now = useNow(HOUR, clockOffset);
  const said = strings.points;
  return (
    <Frame
      icon={<PointsIcon />}
      title={said.title}
      aside={data.tier && <Tag className="tier">{data.tier}</Tag>}
    >
      <p className="info-figure">
        <strong>{count(data.total)}</strong> {said.unit}
      </p>
      {data.expiring.length === 0 ? (
        <p className="info-quiet">{said.none}</p>
      ) : (
        <>
          <h3>{said.expiring}</h3>
          <ul className="expiring">
            {data.expiring.map(({ points, on }) => {
              const days = daysUntil(on, now);
              return (
                <li key={on} data-soon={days <= 30}>
                  <span>
                    <b>{said.amount(count(points))}</b> <span>{said.on(date(on, strings))}</span>
                  </span>
                  <em>{said.days(days)}</em>
                </li>
              );
            })}
          </ul>
        </>
      )}
    </Frame>
  );
}
