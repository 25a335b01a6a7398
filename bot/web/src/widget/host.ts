import { envelope, type Settings, type ToHost, textOrNull, unwrap } from "../bridge";

/** How the page around us wants the widget, and what it kept for us. */
export type Wish = Settings & { open: boolean; kept: Record<string, string> };

export type HostEvents = {
  onOpen(open: boolean): void;
  onIdentify(userToken: string | null): void;
};

/** The merchant's page around the widget, as far as it lets itself be seen. */
export class Host {
  private constructor(private readonly origin: string) {}

  /** The page around us, or null when there is none (the widget was opened as a page of its own). */
  static find(): Host | null {
    if (window.parent === window) return null;
    const origin = embedderOrigin();
    return origin ? new Host(origin) : null;
  }

  /** Asks the loader how it wants the widget; null when nobody answers, e.g. in a frame without our loader. */
  begin(events: HostEvents, within = 2000): Promise<Wish | null> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(null), within);
      window.addEventListener("message", (event) => {
        const message = unwrap(event, window.parent, this.origin);
        if (message?.type === "init") {
          clearTimeout(timer);
          resolve({
            userToken: textOrNull(message.userToken),
            title: textOrNull(message.title),
            color: textOrNull(message.color),
            locale: textOrNull(message.locale),
            open: message.open === true,
            kept: textsOf(message.kept),
          });
        } else if (message?.type === "open") events.onOpen(message.open === true);
        else if (message?.type === "identify") events.onIdentify(textOrNull(message.userToken));
      });
      this.tell({ type: "ready" });
    });
  }

  tell(message: ToHost): void {
    window.parent.postMessage(envelope(message), this.origin);
  }
}

function textsOf(value: unknown): Record<string, string> {
  const entries = Object.entries(typeof value === "object" && value ? value : {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** Who embeds us, as the browser says; the page itself cannot make it up. */
function embedderOrigin(): string | null {
  const ancestors = window.location.ancestorOrigins;
  if (ancestors?.[0]) return ancestors[0];
  try {
    return new URL(document.referrer).origin;
  } catch {
    return null;
  }
}
