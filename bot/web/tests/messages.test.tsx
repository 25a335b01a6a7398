// @vitest-environment jsdom
import { cleanup, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import type { Message } from "../src/chat/protocol";
import { type ChatState, START } from "../src/chat/state";
import { Messages } from "../src/widget/Messages";

afterEach(cleanup);

function said(seq: number, text: string, more: Partial<Message> = {}): Message {
  return { seq, author: "bot", at: "2026-11-22T08:00:00Z", type: "text", text, ...more };
}

function show(state: Partial<ChatState>) {
  const on = {
    onSay: vi.fn(),
    onChoose: vi.fn(),
    onAsk: vi.fn(),
    onEarlier: vi.fn(),
    onSeen: vi.fn(),
    onResend: vi.fn(),
    onDiscard: vi.fn(),
  };
  render(<Messages chat={{ ...START, caughtUp: true, status: "online", ...state }} watched {...on} />);
  return on;
}

it("shows what looks like markup as text", () => {
  show({ messages: [said(1, '<img src=x onerror="alert(1)"><script>alert(2)</script>')] });
  expect(document.querySelector("img, script")).toBeNull();
  expect(screen.getByText(/<script>alert\(2\)<\/script>/)).toBeTruthy();
});

it("links only to web addresses, and never lets the new page reach back", () => {
  show({ messages: [said(1, "看 https://example.com/a?b=1。或 javascript:alert(1) 或 http://[bad")] });
  const links = screen.getAllByRole<HTMLAnchorElement>("link");
  expect(links.map(({ href }) => href)).toEqual(["https://example.com/a?b=1"]);
  expect(links[0]?.rel).toContain("noopener");
});

it("offers the quick replies of the newest message only", async () => {
  const on = show({
    messages: [
      said(1, "一", { quick_replies: [{ title: "旧的" }] }),
      said(2, "二", { quick_replies: [{ title: "新的" }] }),
    ],
  });
  expect(screen.queryByRole("button", { name: "旧的" })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "新的" }));
  expect(on.onChoose).toHaveBeenCalledWith({ seq: 2, index: 0 }, "新的");
});

const ALL = { prompt: "ask_points", title: "我有多少积分", own: false };
const OWN = { prompt: "points", title: "快到期的积分", own: true };

it("greets with what the customer most likely came for, else with what everybody may ask", async () => {
  const on = show({ prompts: [ALL] });
  await userEvent.click(screen.getByRole("button", { name: "查一下余额" }));
  expect(on.onSay).toHaveBeenCalledWith("查一下余额");
  cleanup();
  const own = show({ prompts: [OWN, ALL] });
  expect(screen.getAllByRole("button").map((each) => each.textContent)).toEqual([
    OWN.title,
    ALL.title,
    "转人工",
  ]);
  await userEvent.click(screen.getByRole("button", { name: OWN.title }));
  expect(own.onAsk).toHaveBeenCalledWith(OWN);
});

it("offers who comes back what they may want, unless the newest message offers answers itself", async () => {
  const on = show({ messages: [said(1, "再见")], prompts: [OWN] });
  await userEvent.click(screen.getByRole("button", { name: OWN.title }));
  expect(on.onAsk).toHaveBeenCalledWith(OWN);
  cleanup();
  show({ messages: [said(1, "要兑换吗？", { quick_replies: [{ title: "好，帮我兑换" }] })], prompts: [OWN] });
  expect(screen.queryByRole("button", { name: OWN.title })).toBeNull();
});

it("shows the text of a card it cannot show, and of one with bad data", () => {
  show({
    messages: [
      said(1, "来自未来的卡片", { type: "card", card: "hologram", data: {} }),
      said(2, "您有 3,200 积分", { type: "card", card: "points", data: { total: "many" } }),
    ],
  });
  expect(screen.getByText("来自未来的卡片")).toBeTruthy();
  expect(screen.getByText("您有 3,200 积分")).toBeTruthy();
});

it("lets a failed message be sent again or dropped", async () => {
  const entry = { client_id: "abc", text: "在吗", at: Date.now(), failed: { code: "unavailable", text: "" } };
  const on = show({ pending: [entry] });
  await userEvent.click(screen.getByRole("button", { name: "重新发送" }));
  await userEvent.click(screen.getByRole("button", { name: "删除" }));
  expect(on.onResend).toHaveBeenCalledWith("abc");
  expect(on.onDiscard).toHaveBeenCalledWith("abc");
});

it("does not offer to send again what would be refused again", () => {
  const entry = {
    client_id: "abc",
    text: "查积分",
    at: Date.now(),
    failed: { code: "bad_choice", text: "" },
  };
  show({ pending: [entry] });
  expect(screen.queryByRole("button", { name: "重新发送" })).toBeNull();
});

it("greets, and suggests what to ask, before anything was said", async () => {
  const on = show({ messages: [] });
  await userEvent.click(screen.getByRole("button", { name: "查一下余额" }));
  expect(on.onSay).toHaveBeenCalledWith("查一下余额");
});

it("reads new messages to screen readers, but not the whole history", () => {
  show({ messages: [said(1, "您好")], caughtUp: false });
  expect(screen.getByRole("log").getAttribute("aria-live")).toBe("off");
  cleanup();
  show({ messages: [said(1, "您好")] });
  expect(screen.getByRole("log").getAttribute("aria-live")).toBe("polite");
  expect(within(screen.getByRole("log")).getByText("小回说：")).toBeTruthy();
});

it("puts a heading over every day", () => {
  const now = new Date();
  show({
    messages: [
      said(1, "很久以前", { at: "2025-01-05T08:00:00Z" }),
      said(2, "刚才", { at: now.toISOString() }),
    ],
  });
  expect(screen.getByText("2025年1月5日")).toBeTruthy();
  expect(screen.getByText("今天")).toBeTruthy();
});
