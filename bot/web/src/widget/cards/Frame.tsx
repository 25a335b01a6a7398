import { Card } from "@chatui/core";
import { type ReactNode, useId } from "react";

/** A card's outline: an icon, a title, what belongs beside it, and the rest. */
export function Frame(props: { icon: ReactNode; title: string; aside?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <Card className="info" role="group" aria-labelledby={id}>
      <header className="info-head">
        <span className="info-icon">{props.icon}</span>
        <h2 id={id}>{props.title}</h2>
        <span className="info-aside">{props.aside}</span>
      </header>
      {props.children}
    </Card>
  );
}
