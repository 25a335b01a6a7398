import { Component, type ReactNode } from "react";

type Props = { text: string; children: ReactNode };

/** What goes wrong in one part of the screen leaves the others as they are. */
export class Guard extends Component<Props, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    return (
      <section className="nothing" role="alert">
        <p>{this.props.text}</p>
      </section>
    );
  }
}
