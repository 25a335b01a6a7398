import type { Settings } from "../bridge";
import { Launcher } from "./launcher";
import { launcherStrings } from "./strings";
import { Widget } from "./widget";

/** What the merchant's page can do. */
export type Huitouke = {
  open(): void;
  close(): void;
  /** A signed token for who is signed in here; null when they sign out. */
  identify(userToken: string | null): void;
};

declare global {
  interface Window {
    Huitouke?: Huitouke;
  }
}

function begin(script: HTMLScriptElement): void {
  const { userToken, title, color, locale } = script.dataset;
  if (window.Huitouke) {
    // A page that loads us twice means the same widget, perhaps with a newer word on who is there.
    if (userToken) window.Huitouke.identify(userToken);
    return;
  }
  const settings: Settings = {
    userToken: userToken || null,
    title: title || null,
    color: color || null,
    locale: locale || document.documentElement.lang || navigator.language,
  };
  let widget: Widget | null = null;
  const waiting: ((widget: Widget) => void)[] = [];
  const use = (work: (widget: Widget) => void) => {
    if (widget) work(widget);
    else waiting.push(work);
  };
  window.Huitouke = {
    open: () => use((it) => it.setOpen(true)),
    close: () => use((it) => it.setOpen(false)),
    identify: (token) => use((it) => it.identify(token)),
  };
  const address = new URL("widget/", script.src);
  whenThereIsABody(() => {
    widget = new Widget(new Launcher(launcherStrings(settings.locale), settings.color), address, settings);
    for (const work of waiting) work(widget);
  });
}

function whenThereIsABody(work: () => void): void {
  if (document.body) work();
  else document.addEventListener("DOMContentLoaded", work, { once: true });
}

function ownScript(): HTMLScriptElement | null {
  if (document.currentScript instanceof HTMLScriptElement) return document.currentScript;
  return document.querySelector('script[src*="/widget.js"]');
}

const script = ownScript();
if (script) begin(script);
else console.error("Huitouke: load widget.js with a script tag.");
