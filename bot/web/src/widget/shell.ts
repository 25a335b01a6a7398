import type { ChatClient } from "../chat/client";
import { Store } from "../chat/store";
import type { Host, HostEvents, Wish } from "./host";

/**
 * The widget's place in the world: whether it is open, what the page around it wants, and what the browser
 * says about network, visibility and other tabs.
 */
export class Shell implements HostEvents {
  readonly state: Store<{ open: boolean; visible: boolean }>;
  private client: ChatClient | null = null;
  private told = { unread: 0, active: false };

  constructor(private readonly host: Host | null) {
    // Without a page around it the widget is a page of its own, and open.
    this.state = new Store({ open: !host, visible: document.visibilityState === "visible" });
  }

  get canClose(): boolean {
    return this.host !== null;
  }

  /** Connects the client to all this; it starts when somebody is there to talk to. */
  serve(client: ChatClient, wish: Wish | null): void {
    this.client = client;
    this.listen(client);
    client.state.subscribe(() => this.report());
    if (!wish) this.state.set({ open: true });
    if (wish?.userToken) client.identify(wish.userToken);
    else if (client.hasSession) client.start();
    this.onOpen(this.state.get().open || wish?.open === true);
  }

  onOpen(open: boolean): void {
    this.state.set({ open });
    if (open) this.client?.start();
  }

  onIdentify(userToken: string | null): void {
    this.client?.identify(userToken);
    this.told.active = false;
  }

  close(): void {
    this.host?.tell({ type: "close" });
  }

  private report(): void {
    if (!this.client) return;
    const { unread, messages } = this.client.state.get();
    if (unread !== this.told.unread) this.host?.tell({ type: "unread", count: unread });
    const active = this.told.active || messages.length > 0;
    if (active && !this.told.active) this.host?.tell({ type: "active", active });
    this.told = { unread, active };
  }

  private listen(client: ChatClient): void {
    window.addEventListener("online", () => client.wake());
    window.addEventListener("offline", () => client.sleep());
    window.addEventListener("pageshow", () => client.wake());
    window.addEventListener("storage", (event) => client.storageChanged(event.key));
    document.addEventListener("visibilitychange", () => {
      const visible = document.visibilityState === "visible";
      this.state.set({ visible });
      if (visible) client.wake();
    });
  }
}
