import { brandVariables, DEFAULT_BRAND } from "../ui/color";
import type { LauncherStrings } from "./strings";
import { addStyle } from "./style";

const SVG = "http://www.w3.org/2000/svg";
const CHAT =
  "M12 4c4.7 0 8 2.9 8 6.8s-3.3 6.8-8 6.8c-.9 0-1.7-.1-2.5-.3-1 1-2.3 1.8-4 2 .8-.8 1.2-1.7 1.3-2.7C5.1 15.3 4 13.2 4 10.8 4 6.9 7.3 4 12 4z";
const SHUT = "M7 7l10 10M17 7L7 17";

/** The button and the panel in the merchant's page. The frame itself comes when it is needed. */
export class Launcher {
  readonly button = document.createElement("button");
  private readonly host = document.createElement("div");
  private readonly box = document.createElement("div");
  private readonly panel = document.createElement("div");
  private readonly badge = document.createElement("span");
  private unread = 0;
  private isOpen = false;

  constructor(
    private readonly strings: LauncherStrings,
    color: string | null,
  ) {
    this.host.id = "huitouke";
    const root = this.host.attachShadow({ mode: "open" });
    addStyle(root);
    const shades = brandVariables(color ?? DEFAULT_BRAND, false);
    for (const [name, value] of Object.entries(shades)) this.box.style.setProperty(name, value);
    this.button.type = "button";
    this.button.className = "launcher";
    this.button.append(drawing("chat", CHAT, "currentColor"), drawing("shut", SHUT, "none"), this.badge);
    this.button.setAttribute("aria-haspopup", "dialog");
    this.badge.className = "badge";
    this.panel.className = "panel";
    this.panel.setAttribute("role", "dialog");
    this.panel.setAttribute("aria-label", strings.title);
    this.box.append(this.panel, this.button);
    root.append(this.box);
    this.show();
  }

  /**
   * Put it into the page, and again whenever the page loses it. It stands beside the body and not in it: what
   * replaces the body (Turbo, pjax) leaves it alone, and the talk in its frame goes on. Whatever replaces the
   * whole document, or removes what it does not know, has it back at once; `returned` tells that the frame
   * then began anew.
   */
  stay(returned: () => void): void {
    const put = () => {
      const page: HTMLElement | null = document.documentElement;
      if (!page || this.host.isConnected) return;
      page.append(this.host);
      returned();
    };
    document.documentElement.append(this.host);
    const watch = new MutationObserver(() => {
      put();
      look();
    });
    const look = () => {
      watch.disconnect();
      watch.observe(document, { childList: true });
      if (document.documentElement) watch.observe(document.documentElement, { childList: true });
    };
    look();
  }

  /** The widget's frame, hidden until opened. */
  addFrame(src: string): HTMLIFrameElement {
    const frame = document.createElement("iframe");
    frame.title = this.strings.title;
    // The widget only talks to the page that really embeds it; a stricter policy of the page would hide which.
    frame.referrerPolicy = "origin";
    frame.allow = "clipboard-write";
    frame.src = src;
    this.panel.append(frame);
    return frame;
  }

  setOpen(open: boolean): void {
    this.isOpen = open;
    this.show();
  }

  setUnread(count: number): void {
    this.unread = count;
    this.show();
  }

  /** On phones the keyboard covers the page's lower half: the panel takes what is left. */
  fit(viewport: { top: number; height: number } | null): void {
    this.panel.style.top = viewport ? `${viewport.top}px` : "";
    this.panel.style.height = viewport ? `${viewport.height}px` : "";
  }

  private show(): void {
    const { isOpen, unread, strings } = this;
    this.box.className = isOpen ? "open" : "";
    this.button.setAttribute("aria-expanded", String(isOpen));
    this.button.setAttribute("aria-label", isOpen ? strings.close : strings.open(unread));
    this.badge.hidden = isOpen || unread === 0;
    this.badge.textContent = unread > 99 ? "99+" : String(unread);
  }
}

function drawing(name: string, path: string, fill: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = { class: name, width: "28", height: "28", viewBox: "0 0 24 24", "aria-hidden": "true" };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const line = document.createElementNS(SVG, "path");
  const look = { d: path, fill, stroke: "currentColor", "stroke-width": "1.8", "stroke-linecap": "round" };
  for (const [key, value] of Object.entries(look)) line.setAttribute(key, value);
  svg.append(line);
  return svg;
}
