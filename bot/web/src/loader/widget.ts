import { envelope, type Settings, type ToWidget, unwrap } from "../bridge";
import { allKept, keep, setActive, wasActive } from "./kept";
import type { Launcher } from "./launcher";

const PHONE = "(max-width: 520px)";

/** The widget as the merchant's page sees it: opened, closed, told who is there. */
export class Widget {
  private frame: HTMLIFrameElement | null = null;
  private ready = false;
  private open = false;
  private returnTo: Element | null = null;
  private pageOverflow = "";

  /** @param address the widget's page, e.g. `https://chat.example.com/widget/` */
  constructor(
    private readonly launcher: Launcher,
    private readonly address: URL,
    private readonly settings: Settings,
  ) {
    launcher.button.addEventListener("click", () => this.setOpen(!this.open));
    launcher.button.addEventListener("pointerenter", () => this.load(), { once: true });
    launcher.button.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.open) this.setOpen(false);
    });
    window.addEventListener("message", (event) => this.hear(event));
    launcher.stay(() => this.begunAnew());
    window.visualViewport?.addEventListener("resize", () => this.fit());
    window.visualViewport?.addEventListener("scroll", () => this.fit());
    // Somebody who has talked to us, or whom we know, hears from us without opening anything first.
    if (settings.userToken || wasActive()) whenIdle(() => this.load());
  }

  setOpen(open: boolean): void {
    if (open) this.load();
    if (open === this.open) return;
    this.open = open;
    this.launcher.setOpen(open);
    this.fit();
    this.tell({ type: "open", open });
    if (open) {
      this.returnTo = document.activeElement;
      this.frame?.focus();
    } else this.giveFocusBack();
    this.lockPage(open && matchMedia(PHONE).matches);
  }

  identify(userToken: string | null): void {
    this.settings.userToken = userToken;
    if (this.ready) this.tell({ type: "identify", userToken });
    else if (userToken) this.load();
    if (!userToken) setActive(false);
  }

  /** The page had lost us: the frame loads again, and is told how things stood when it is ready. */
  private begunAnew(): void {
    this.ready = false;
    this.lockPage(this.open && matchMedia(PHONE).matches);
  }

  private load(): void {
    this.frame ??= this.launcher.addFrame(this.address.href);
  }

  private hear(event: MessageEvent<unknown>): void {
    const message = unwrap(event, this.frame?.contentWindow ?? null, this.address.origin);
    switch (message?.type) {
      case "ready":
        this.ready = true;
        this.tell({ type: "init", open: this.open, kept: allKept(), ...this.settings });
        if (this.open) this.frame?.focus();
        break;
      case "close":
        this.setOpen(false);
        break;
      case "unread":
        if (typeof message.count === "number") this.launcher.setUnread(message.count);
        break;
      case "active":
        setActive(message.active === true);
        break;
      case "keep":
        keep(message.key, message.value);
        break;
      case "token-refused":
        window.dispatchEvent(new CustomEvent("huitouke:token-refused"));
        break;
    }
  }

  private tell(message: ToWidget): void {
    if (this.ready) this.frame?.contentWindow?.postMessage(envelope(message), this.address.origin);
  }

  private giveFocusBack(): void {
    const inPage =
      this.returnTo instanceof HTMLElement && this.returnTo !== document.body && this.returnTo.isConnected;
    const target = inPage ? (this.returnTo as HTMLElement) : this.launcher.button;
    // The button lives in a shadow root, whose host is what the page knows as focused.
    (target.shadowRoot ? this.launcher.button : target).focus();
    this.returnTo = null;
  }

  private fit(): void {
    const view = window.visualViewport;
    const covers = this.open && view && matchMedia(PHONE).matches;
    this.launcher.fit(covers ? { top: view.offsetTop, height: view.height } : null);
  }

  private lockPage(lock: boolean): void {
    const { style } = document.documentElement;
    if (lock) {
      if (style.overflow === "hidden") return;
      this.pageOverflow = style.overflow;
      style.overflow = "hidden";
    } else if (style.overflow === "hidden") style.overflow = this.pageOverflow;
  }
}

function whenIdle(work: () => void): void {
  const later = () => setTimeout(work, 200); // the merchant's page comes first
  if (document.readyState === "complete") later();
  else window.addEventListener("load", later, { once: true });
}
