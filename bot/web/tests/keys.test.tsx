// @vitest-environment jsdom
import { cleanup, fireEvent, render } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { type Keymap, useKeys } from "../src/desk/keys";

function Keys({ map, other = {} }: { map: Keymap; other?: Keymap }) {
  useKeys(map);
  useKeys(other);
  return <input aria-label="field" />;
}

afterEach(cleanup);

it("hears two keys in a row however fast they come, in whichever map they are", () => {
  const [queue, lone] = [vi.fn(), vi.fn()];
  render(<Keys map={{ q: lone }} other={{ "g q": queue }} />);
  fireEvent.keyDown(document.body, { key: "g" });
  fireEvent.keyDown(document.body, { key: "q" });
  expect(queue).toHaveBeenCalledOnce();
  expect(lone).not.toHaveBeenCalled();
  fireEvent.keyDown(document.body, { key: "q" });
  expect(queue).toHaveBeenCalledOnce();
  expect(lone).toHaveBeenCalledOnce();
});

it("leaves a field alone while somebody types, and Escape leaves the field", () => {
  const lone = vi.fn();
  const { getByLabelText } = render(<Keys map={{ q: lone }} />);
  const field = getByLabelText("field");
  field.focus();
  fireEvent.keyDown(field, { key: "q" });
  expect(lone).not.toHaveBeenCalled();
  fireEvent.keyDown(field, { key: "Escape" });
  expect(document.activeElement).toBe(document.body);
});
