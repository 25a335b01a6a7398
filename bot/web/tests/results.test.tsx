// @vitest-environment jsdom
import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { Gain } from "../src/desk/care/ResultsTable";
import type { Effect, TriggerResults } from "../src/desk/client/care";

afterEach(cleanup);

const NOTHING: TriggerResults = {
  trigger: "win_back",
  planned: 0,
  waiting: {},
  suppressed: {},
  sent: 0,
  delivered: 0,
  read: 0,
  answered: 0,
  goal: 0,
  refused: 0,
  to_agent: 0,
  held_out: 0,
  held_out_goal: 0,
  effect: null,
};

function read(sent: number, held_out: number, difference: number, low: number, high: number, goal = true) {
  const effect: Effect = { told: 0.5, held_out: 0.5 - difference, difference, low, high };
  const row = { ...NOTHING, sent, held_out, effect };
  return render(<Gain row={row} goal={goal ? "回来购买" : null} />).container.textContent;
}

it("draws no conclusion from a handful of people, however large the difference", () => {
  expect(read(400, 6, 0.5, 0.3, 0.7)).toBe("人数还太少（收到 400，对照 6）");
  expect(read(19, 40, 0.5, 0.3, 0.7)).toBe("人数还太少（收到 19，对照 40）");
});

it("says in words whether the interval leaves out zero", () => {
  expect(read(400, 40, 0.057, -0.196, 0.279)).toBe("+5.7 个百分点−19.6 到 +27.9还看不出差别");
  expect(read(400, 40, 0.2, 0.05, 0.33)).toBe("+20.0 个百分点+5.0 到 +33.0确有提升");
  expect(read(400, 40, -0.2, -0.33, -0.05)).toBe("−20.0 个百分点−33.0 到 −5.0反而更低");
});

it("measures nothing where there is no goal, or nobody was held out", () => {
  expect(read(400, 40, 0.2, 0.05, 0.33, false)).toBe("–");
  expect(render(<Gain row={NOTHING} goal="回来购买" />).container.textContent).toBe("–");
});
