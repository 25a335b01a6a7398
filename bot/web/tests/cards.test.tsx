// @vitest-environment jsdom
import { act, cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { cardOf } from "../src/widget/cards";

const NOW = "2026-11-22T08:00:00Z"; // 16:00 in Shanghai

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(NOW), shouldAdvanceTime: true });
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function show(card: string, data: Record<string, unknown>) {
  render(cardOf({ seq: 1, author: "bot", at: NOW, type: "card", text: "", card, data }));
}

const complaint = {
  number: "TS2026112200017",
  subject: "快递破损",
  state: "investigating",
  state_text: "处理中",
  received_at: "2026-11-21T14:00:00Z",
  first_reply_due: "2026-11-22T14:00:00Z",
  first_reply_at: null,
  overdue: false,
  timeline: ["一", "二", "三", "四"].map((text, i) => ({ at: `2026-11-21T1${i + 4}:00:00Z`, text })),
  next_step: "核实后致电您",
};

it("apologises when the promised first reply is late, however it knows", () => {
  show("complaint", { ...complaint, overdue: true, first_reply_due: "2026-11-22T06:00:00Z" });
  expect(screen.getByText("已超过承诺时间 2 小时 0 分 0 秒")).toBeTruthy();
  expect(screen.getByText(/非常抱歉/)).toBeTruthy();
});

it("says so when the first reply came, but too late", () => {
  show("complaint", { ...complaint, overdue: true, first_reply_at: "2026-11-22T15:00:00Z" });
  expect(screen.getByText("已于 11月22日 23:00 首次答复")).toBeTruthy();
  expect(screen.getByText(/晚于承诺时间/)).toBeTruthy();
});

it("counts the first-reply clock down live, and turns to an apology when it runs out", async () => {
  show("complaint", { ...complaint, first_reply_due: "2026-11-22T08:00:02Z" });
  expect(screen.getByRole("timer").textContent).toBe("0 分 2 秒");
  await act(() => vi.advanceTimersByTimeAsync(1000));
  expect(screen.getByRole("timer").textContent).toBe("0 分 1 秒");
  await act(() => vi.advanceTimersByTimeAsync(1500));
  expect(screen.queryByRole("timer")).toBeNull();
  expect(screen.getByText(/已超过承诺时间/)).toBeTruthy();
});

it("shows a complaint's newest events first, all of them when asked, and the next step", async () => {
  vi.useRealTimers();
  show("complaint", complaint);
  expect(screen.getByText("核实后致电您")).toBeTruthy();
  expect(screen.queryByText("一")).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "查看全部 4 条" }));
  expect(
    screen.getAllByRole("listitem").map((item) => item.querySelector(".Step-title")?.textContent),
  ).toEqual(["四", "三", "二", "一"]);
});

it("shows points, tier, and what expires next with its date", () => {
  show("points", { total: 3200, tier: "金卡", expiring: [{ points: 800, on: "2026-12-31" }] });
  const card = screen.getByRole("group", { name: "我的积分" });
  expect(card.textContent).toContain("3,200");
  expect(card.textContent).toContain("金卡");
  expect(card.textContent).toContain("800 分 2026年12月31日到期");
  expect(card.textContent).toContain("还有 39 天");
});

it("says when no points expire soon", () => {
  show("points", { total: 0, tier: "普通", expiring: [] });
  expect(screen.getByText("90 天内没有积分到期")).toBeTruthy();
});

it("shows fen as yuan, per card, with validity and state", () => {
  show("balance", {
    total: 1234550,
    cards: [
      {
        number: "**** 8821",
        type: "储值卡",
        principal: 12000,
        bonus: 5,
        held: 100,
        valid_until: "2027-03-01",
        state: "valid",
      },
      {
        number: "**** 1107",
        type: "年卡",
        principal: 0,
        bonus: 0,
        held: 0,
        valid_until: null,
        state: "expired",
      },
    ],
  });
  const text = screen.getByRole("group", { name: "我的余额" }).textContent;
  for (const part of [
    "12,345.50",
    "¥120.00",
    "¥0.05",
    "预留中¥1.00",
    "2027年3月1日",
    "有效",
    "长期有效",
    "已过期",
  ]) {
    expect(text).toContain(part);
  }
});
