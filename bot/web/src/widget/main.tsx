import { createRoot } from "react-dom/client";
import { ChatClient } from "../chat/client";
import { App } from "./App";
import { Host } from "./host";
import { keeping } from "./keeping";
import { stringsFor } from "./locales";
import { Shell } from "./shell";
import "./styles/chatui.less";
import "../ui/base.css";
import "./styles/colors.css";
import "./styles/frame.css";
import "./styles/messages.css";
import "./styles/cards.css";

/** Puts the widget together: the page around it, the client, and what is shown. */
async function begin(): Promise<void> {
  const host = Host.find();
  const shell = new Shell(host);
  const wish = (await host?.begin(shell)) ?? null;
  const locale = wish?.locale ?? navigator.language;
  const strings = stringsFor(locale);
  document.documentElement.lang = strings.lang;
  document.title = wish?.title ?? strings.defaultTitle;
  const client = new ChatClient({
    base: new URL(`${import.meta.env.BASE_URL}api/web/`, window.location.href).href,
    locale,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone || "Asia/Shanghai",
    storage: keeping(host, wish?.kept ?? {}),
    onUserTokenRefused: () => host?.tell({ type: "token-refused" }),
  });
  shell.serve(client, wish);
  createRoot(document.getElementById("root") as HTMLElement).render(
    <App
      client={client}
      shell={shell}
      strings={strings}
      title={wish?.title ?? null}
      color={wish?.color ?? null}
    />,
  );
}

void begin();
