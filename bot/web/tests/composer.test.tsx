// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createRef } from "react";
import { afterEach, expect, it } from "vitest";
import { Composer } from "../src/widget/Composer";

let sent: string[] = [];

afterEach(() => {
  cleanup();
  sessionStorage.clear();
  sent = [];
});

function compose({ limit = 2000, accepts = true } = {}) {
  const ref = createRef<HTMLTextAreaElement>();
  const onSend = (text: string) => {
    if (accepts) sent.push(text);
    return accepts;
  };
  render(<Composer ref={ref} limit={limit} disabled={false} onSend={onSend} />);
  return screen.getByRole<HTMLTextAreaElement>("textbox", { name: "输入消息" });
}

it("does not send blank text", async () => {
  const field = compose();
  await userEvent.type(field, "   {Enter}");
  expect(sent).toEqual([]);
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "发送" }).disabled).toBe(true);
});

it("does not send while an input method is composing, also in Safari, which only leaves key code 229", () => {
  const field = compose();
  fireEvent.change(field, { target: { value: "jifen" } });
  fireEvent.keyDown(field, { key: "Enter", isComposing: true });
  fireEvent.keyDown(field, { key: "Enter", keyCode: 229 });
  expect(sent).toEqual([]);
  fireEvent.keyDown(field, { key: "Enter", keyCode: 13 });
  expect(sent).toEqual(["jifen"]);
});

it("does not send too long text, says how much is too much, and never cuts a paste", async () => {
  const field = compose({ limit: 10 });
  await userEvent.click(field);
  await userEvent.paste("一二三四五六七八九十😀");
  await userEvent.keyboard("{Enter}");
  expect(sent).toEqual([]);
  expect(field.value).toBe("一二三四五六七八九十😀");
  expect(screen.getByText("超出 1 个字，请删减后再发")).toBeTruthy();
});

it("keeps the text when it was refused", async () => {
  const field = compose({ accepts: false });
  await userEvent.type(field, "在吗{Enter}");
  expect(field.value).toBe("在吗");
});

it("sends with Enter, begins a line with Shift+Enter, and is empty and focused afterwards", async () => {
  const field = compose();
  await userEvent.type(field, "一{Shift>}{Enter}{/Shift}二{Enter}");
  expect(sent).toEqual(["一\n二"]);
  expect(field.value).toBe("");
  expect(document.activeElement).toBe(field);
});

it("keeps a draft over a reload", async () => {
  await userEvent.type(compose(), "写到一半");
  cleanup();
  expect(compose().value).toBe("写到一半");
});
