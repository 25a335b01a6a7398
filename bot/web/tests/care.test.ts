import { expect, it } from "vitest";
import { inserted, sum } from "../src/desk/client/care";
import { chartOf, type Report } from "../src/desk/reports/table";
import { told } from "../src/desk/settings/Audit";
import { changes, folded } from "../src/desk/side/SummaryTab";
import { zh } from "../src/desk/strings";

it("puts a placeholder where the cursor stands, and the cursor behind it", () => {
  expect(inserted("您好，再见", "customer", 3)).toEqual(["您好，{customer}再见", 13]);
  expect(inserted("", "amount", 0)).toEqual(["{amount}", 8]);
});

it("counts what was not sent, whatever the reason", () => {
  expect(sum({})).toBe(0);
  expect(sum({ quiet: 2, cap_day: 3 })).toBe(5);
});

it("draws a quiet day as a gap and not as nothing", () => {
  const report: Report = {
    name: "tickets",
    by: "day",
    from: "2026-02-27",
    to: "2026-03-02",
    columns: ["key", "name", "opened", "closed", "abandoned"],
    rows: [["2026-03-01", "2026-03-01", 4, 3, 1]],
    total: null,
    note: null,
  };
  const { labels, series } = chartOf(report, zh);
  expect(labels).toEqual(["02-27", "02-28", "03-01", "03-02"]);
  expect(series[0]?.values).toEqual([null, null, 4, null]);
});

it("tells the bot's steps once, and leaves out what has no name", () => {
  const step = (seq: number, action: string, name: string) => ({ seq, action, name });
  const steps = [
    step(2, "action_verify", "验证身份"),
    step(4, "action_verify", "验证身份"),
    step(4, "action_resume_pending", "action_resume_pending"),
    step(6, "action_points", "查积分"),
  ];
  expect(folded(steps)).toEqual([
    { seq: 2, name: "验证身份", times: 2 },
    { seq: 6, name: "查积分", times: 1 },
  ]);
});

it("tells a mood when it changes", () => {
  const mood = (seq: number, label: "calm" | "angry") => ({ seq, label, score: 0.9 });
  expect(changes([mood(1, "calm"), mood(3, "calm"), mood(5, "angry")]).map(({ seq }) => seq)).toEqual([1, 5]);
});

it("reads a change in the log as before and after", () => {
  expect(told({ duty: ["off", "on"], name: "小李" })).toBe("duty: off → on; name: 小李");
});
