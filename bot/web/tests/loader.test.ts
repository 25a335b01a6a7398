// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from "vitest";

const ORIGIN = "https://chat.example.com";

/** jsdom gives frames inside a shadow root no window. */
class FrameWindow {
  readonly heard: Record<string, unknown>[] = [];
  postMessage(message: object, origin: string) {
    this.heard.push({ ...message, origin });
  }
}
const windows = new WeakMap<HTMLIFrameElement, FrameWindow>();

beforeEach(() => {
  document.documentElement.lang = "zh-CN";
  Object.defineProperty(HTMLIFrameElement.prototype, "contentWindow", {
    configurable: true,
    get(this: HTMLIFrameElement) {
      if (!windows.has(this)) windows.set(this, new FrameWindow());
      return windows.get(this);
    },
  });
  globalThis.MutationObserver = class extends Watching {
    constructor(callback: MutationCallback) {
      super(callback);
      watching.push(this);
    }
  };
  window.matchMedia = (() => ({ matches: false })) as unknown as typeof matchMedia;
});

const Watching = MutationObserver;
const watching: MutationObserver[] = [];

afterEach(() => {
  for (const each of watching.splice(0)) each.disconnect(); // what is loaded would come back by itself
  document.querySelector("#huitouke")?.remove();
  document.body.replaceChildren();
  localStorage.clear();
  delete window.Huitouke;
  vi.resetModules();
});

/** Runs widget.js as a script tag of a merchant's page would. */
async function load(data: Record<string, string> = {}) {
  const script = document.createElement("script");
  script.src = `${ORIGIN}/widget.js`;
  Object.assign(script.dataset, data);
  document.body.append(script);
  Object.defineProperty(document, "currentScript", { value: script, configurable: true });
  vi.resetModules();
  await import("../src/loader/main");
}

const shadow = () => document.querySelector("#huitouke")?.shadowRoot as ShadowRoot;
const button = () => shadow().querySelector("button") as HTMLButtonElement;
const frame = () => shadow().querySelector("iframe");

const inFrame = () => frame()?.contentWindow as unknown as FrameWindow;

/** What the widget in the frame says; by default from the right window and origin. */
function widgetSays(message: object, from: { source?: unknown; origin?: string } = {}) {
  const event = new MessageEvent("message", {
    data: { channel: "huitouke", ...message },
    origin: from.origin ?? ORIGIN,
  });
  Object.defineProperty(event, "source", { value: from.source ?? inFrame() });
  window.dispatchEvent(event);
}

it("makes one widget when it is loaded twice", async () => {
  await load();
  await load();
  expect(document.querySelectorAll("#huitouke")).toHaveLength(1);
});

it("stays, with its frame as it is, when the page replaces its body", async () => {
  await load();
  button().click();
  const before = frame();
  document.body.replaceWith(document.createElement("body"));
  document.body.innerHTML = "<p>the next page</p>";
  await Promise.resolve();
  expect(document.querySelectorAll("#huitouke")).toHaveLength(1);
  expect(frame()).toBe(before);
  expect(button().getAttribute("aria-expanded")).toBe("true");
});

it.each(["removed", "documentReplaced"])("comes back with its state after it was %s", async (how) => {
  await load();
  button().click();
  widgetSays({ type: "ready" });
  if (how === "removed") document.querySelector("#huitouke")?.remove();
  else {
    const page = document.createElement("html");
    page.append(document.createElement("head"), document.createElement("body"));
    document.replaceChild(page, document.documentElement);
  }
  await vi.waitFor(() => expect(shadow()).toBeTruthy());
  expect(button().getAttribute("aria-expanded")).toBe("true");
  inFrame().heard.length = 0;
  widgetSays({ type: "ready" }); // the frame loaded again
  expect(inFrame().heard).toMatchObject([{ type: "init", open: true }]);
  document.querySelector("#huitouke")?.remove(); // and once more
  await vi.waitFor(() => expect(shadow()).toBeTruthy());
});

it("ignores messages from other windows and other origins", async () => {
  await load();
  button().click();
  widgetSays({ type: "unread", count: 7 }, { source: window });
  widgetSays({ type: "unread", count: 7 }, { origin: "https://evil.example" });
  widgetSays({ type: "close" }, { origin: "https://evil.example" });
  expect(button().getAttribute("aria-expanded")).toBe("true");
  button().click();
  expect(button().getAttribute("aria-label")).toBe("打开在线客服");
});

it("loads nothing into a page whose visitor never asked for it", async () => {
  await load();
  expect(frame()).toBeNull();
});

it("loads the widget by itself for somebody who talked to us before", async () => {
  localStorage.setItem("huitouke.active", "1");
  await load();
  await vi.waitFor(() => expect(frame()).not.toBeNull());
});

it("opens the widget of its own host and tells only that host who is there", async () => {
  await load({ userToken: "jwt", title: "好店", color: "#aa3300", locale: "en" });
  button().click();
  expect(frame()?.src).toBe(`${ORIGIN}/widget/`);
  widgetSays({ type: "ready" });
  expect(inFrame().heard).toEqual([
    {
      channel: "huitouke",
      type: "init",
      open: true,
      kept: {},
      userToken: "jwt",
      title: "好店",
      color: "#aa3300",
      locale: "en",
      origin: ORIGIN,
    },
  ]);
});

it("passes on who signed in or out, also before the widget was ready", async () => {
  await load();
  window.Huitouke?.identify("first");
  widgetSays({ type: "ready" });
  window.Huitouke?.identify("second");
  window.Huitouke?.identify(null);
  expect(inFrame().heard.map(({ type, userToken }) => [type, userToken])).toEqual([
    ["init", "first"],
    ["identify", "second"],
    ["identify", null],
  ]);
});

it("keeps for the widget what its own frame may not keep", async () => {
  await load();
  button().click();
  widgetSays({ type: "keep", key: "session", value: "one" });
  widgetSays({ type: "keep", key: "outbox", value: "two" });
  widgetSays({ type: "keep", key: "outbox", value: null });
  widgetSays({ type: "ready" });
  expect(inFrame().heard[0]?.kept).toEqual({ session: "one" });
});

it("shows the number of unread messages, and says it to screen readers", async () => {
  await load();
  window.Huitouke?.open();
  window.Huitouke?.close();
  widgetSays({ type: "unread", count: 2 });
  expect(button().getAttribute("aria-label")).toBe("打开在线客服，2 条未读消息");
  expect(shadow().querySelector(".badge")?.textContent).toBe("2");
});

it("closes on Escape and gives the focus back to where it was", async () => {
  await load();
  const field = document.createElement("input");
  document.body.append(field);
  field.focus();
  window.Huitouke?.open();
  widgetSays({ type: "close" });
  expect(button().getAttribute("aria-expanded")).toBe("false");
  expect(document.activeElement).toBe(field);
  button().click();
  button().dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
  expect(button().getAttribute("aria-expanded")).toBe("false");
});

it("tells the page when the server refused its token", async () => {
  await load({ userToken: "expired" });
  const heard = vi.fn();
  window.addEventListener("huitouke:token-refused", heard);
  button().click();
  widgetSays({ type: "token-refused" });
  expect(heard).toHaveBeenCalledOnce();
});
