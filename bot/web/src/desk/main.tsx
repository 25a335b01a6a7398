import { createRoot } from "react-dom/client";
import { browserStorage } from "../chat/storage";
import { App } from "./App";
import { DeskClient } from "./client/desk";
import { applyTheme, wishes } from "./wishes";
import "../widget/styles/chatui.less";
import "../ui/base.css";
import "../widget/styles/colors.css";
import "../widget/styles/cards.css";
import "./styles/shell.css";
import "./styles/parts.css";
import "./styles/list.css";
import "./styles/talk.css";
import "./styles/compose.css";
import "./styles/side.css";
import "./styles/office.css";
import "./styles/care.css";

applyTheme(document.documentElement);
wishes.subscribe(() => applyTheme(document.documentElement));

const client = new DeskClient({
  base: new URL(`${import.meta.env.BASE_URL}api/desk/`, window.location.href).href,
  storage: browserStorage(),
});
void client.start();
window.addEventListener("online", () => client.wake());
window.addEventListener("offline", () => client.sleep());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) client.wake();
});
createRoot(document.getElementById("root") as HTMLElement).render(<App client={client} />);
