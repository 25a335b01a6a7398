import type { Store } from "../../chat/store";
import type { ServerFrame } from "./frames";
import type { DeskState, News } from "./state";
import { type Line, stands, type View } from "./tickets";

const KEPT_NOTICES = 50;

/** The tickets known here, each in its newest version, and the number up to which all changes are known. */
export class Book {
  /** The highest change we know of; null: nothing was loaded. */
  n: number | null = null;

  constructor(
    private readonly state: Store<DeskState>,
    private readonly tell: (news: News) => void,
  ) {}

  /** Takes over one ticket unless a newer version of it is here; true when it was news. */
  put(line: Line): boolean {
    const { lines } = this.state.get();
    const known = lines.get(line.id);
    if (known && known.n >= line.n) return false;
    this.state.set({ lines: new Map(lines).set(line.id, line) });
    return true;
  }

  /** Takes over a list; where it is the `whole` view, what is not in it no longer stands there. */
  fill(list: Line[], whole: View | null): void {
    const { lines, me } = this.state.get();
    const next = new Map(lines);
    const listed = new Set(list.map(({ id }) => id));
    for (const [id, line] of next) {
      if (whole && me && !listed.has(id) && stands(line, whole, me.id)) next.delete(id);
    }
    for (const line of list) {
      const known = next.get(line.id);
      if (!known || known.n <= line.n) next.set(line.id, line);
    }
    this.state.set({ lines: next });
  }

  receive(frame: ServerFrame): void {
    switch (frame.type) {
      case "ticket":
        this.advance(frame.n);
        this.changed(frame.ticket);
        break;
      case "notice": {
        this.advance(frame.n);
        const { notices } = this.state.get();
        if (notices.some(({ id }) => id === frame.notice.id)) break;
        this.state.set({ notices: [frame.notice, ...notices].slice(0, KEPT_NOTICES) });
        this.tell({ kind: "notice", notice: frame.notice });
        break;
      }
      case "agents": {
        const others = new Map(this.state.get().agents.map((agent) => [agent.id, agent]));
        for (const agent of frame.agents) others.set(agent.id, agent);
        this.state.set({ agents: [...others.values()] });
        break;
      }
      case "counts":
        this.state.set({ counts: frame.counts });
        break;
      case "wall":
        this.state.set({ wall: frame.wall });
        break;
      default:
        break;
    }
  }

  private changed(line: Line): void {
    const { lines, me } = this.state.get();
    const known = lines.get(line.id);
    if (!this.put(line) || !me) return;
    if (line.state === "waiting" && known?.state !== "waiting") this.tell({ kind: "queue", line });
    const mine = line.agent?.id === me.id && line.state === "assigned";
    const more = line.unread > (known?.unread ?? 0);
    const later = (line.last?.seq ?? 0) > (known?.last?.seq ?? 0);
    if (mine && more && later && line.last?.author === "customer") this.tell({ kind: "message", line });
  }

  private advance(n: number): void {
    this.n = Math.max(this.n ?? 0, n);
  }
}
