import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeServer } from "./fake/server";
import { FakeStorage, Visitor } from "./fake/visitor";

let server: FakeServer;
const visitors: Visitor[] = [];

function visitor(
  ...options: ConstructorParameters<typeof Visitor> extends [unknown, ...infer Rest] ? Rest : never
) {
  const one = new Visitor(server, ...options);
  visitors.push(one);
  return one;
}

beforeEach(async () => {
  server = new FakeServer();
  await server.start();
});

afterEach(async () => {
  for (const one of visitors.splice(0)) one.client.stop();
  await server.stop();
});

describe("what goes wrong on the way", () => {
  it("refuses blank text, and text longer than the server takes", async () => {
    const tab = await visitor().come();
    expect(tab.client.send(" \n ")).toBe(false);
    expect(tab.client.send("字".repeat(2001))).toBe(false);
    expect(tab.client.send("😀".repeat(2000))).toBe(true); // characters, not UTF-16 units
    await tab.sent();
    expect(server.chat.newest.said).toHaveLength(1);
  });

  it("sends again what was never acknowledged, and the server stores it once", async () => {
    const tab = await visitor().come();
    server.chat.newest.loseAcks = 1;
    tab.client.send("我有多少积分");
    await tab.sent();
    expect(server.chat.newest.texts).toEqual(["我有多少积分"]);
    expect(tab.texts).toEqual(["我有多少积分"]);
  });

  it("keeps what was written while the server is away, and sends it in order afterwards", async () => {
    const tab = await visitor().come();
    server.down = true;
    server.cut(0);
    for (const text of ["一", "二", "三"]) tab.client.send(text);
    await tab.until(({ status }) => status === "offline");
    expect(tab.waiting).toEqual(["一", "二", "三"]);
    server.down = false;
    await tab.sent();
    expect(server.chat.newest.texts).toEqual(["一", "二", "三"]);
  });

  it("notices a connection that died without a word", async () => {
    const tab = await visitor().come();
    server.muteSockets = true;
    await tab.until(({ status }) => status !== "online");
    server.muteSockets = false;
    await tab.until(({ status }) => status === "online");
    expect(server.socketsOpened).toBeGreaterThan(1);
  });

  it("waits as long as the server asks when messages come too fast, and loses none", async () => {
    const tab = await visitor().come();
    server.chat.newest.refusals.push({ type: "error", code: "rate_limited", retry_after: 0.1 });
    tab.client.send("一");
    tab.client.send("二");
    await tab.until(({ pausedUntil }) => pausedUntil !== null);
    await tab.sent();
    expect(tab.state.pausedUntil).toBeNull();
    expect(server.chat.newest.texts).toEqual(["一", "二"]);
  });

  it("gives up a message the server refuses for good, goes on with the next, and sends it again when asked", async () => {
    const tab = await visitor().come();
    server.chat.newest.refusals.push({ type: "error", code: "too_long", text: "太长了" });
    tab.client.send("一");
    tab.client.send("二");
    await tab.says(1);
    expect(tab.waiting).toEqual(["一 (too_long)"]);
    tab.client.resend(tab.state.pending[0]?.client_id ?? "");
    await tab.sent();
    expect(server.chat.newest.texts).toEqual(["二", "一"]);
  });

  it("drops a failed message when asked", async () => {
    const tab = await visitor().come();
    server.chat.newest.refusals.push({ type: "error", code: "bad_choice" });
    tab.client.choose({ seq: 1, index: 9 }, "查积分");
    await tab.until(({ pending }) => Boolean(pending[0]?.failed));
    tab.client.discard(tab.state.pending[0]?.client_id ?? "");
    expect(tab.state.pending).toEqual([]);
  });

  it("tries again by itself when the server cannot store a message right now", async () => {
    const tab = await visitor().come();
    server.chat.newest.refusals.push({ type: "error", code: "unavailable", retry_after: 0.02 });
    tab.client.send("在吗");
    await tab.sent();
    expect(server.chat.newest.texts).toEqual(["在吗"]);
  });

  it("asks for what is missing when a number was skipped", async () => {
    const tab = await visitor().come();
    const { said } = server.chat.newest;
    said.push({ seq: 1, author: "bot", text: "lost on its way", type: "text", at: "2026-11-22T08:00:00Z" });
    server.chat.newest.say("bot", "arrived");
    await tab.says(2);
    expect(tab.texts).toEqual(["lost on its way", "arrived"]);
  });

  it("ignores frames it does not know", async () => {
    const tab = await visitor().come();
    server.chat.newest.tell({ type: "from-the-future" });
    server.chat.newest.tell({ type: "message", message: { seq: -1 } as never });
    server.chat.newest.say("bot", "您好");
    await tab.says(1);
    expect(tab.texts).toEqual(["您好"]);
  });

  it("ends a typing sign that nobody takes back", async () => {
    const tab = await visitor().come();
    server.chat.newest.tell({ type: "typing", on: true });
    await tab.until(({ typing }) => typing);
    await tab.until(({ typing }) => !typing);
  });
});

describe("long poll", () => {
  it("takes over after two sockets that do not open, and says the same", async () => {
    server.blockSockets = true;
    const tab = visitor();
    tab.client.start();
    await tab.until(({ link }) => link === "poll");
    tab.client.send("你好");
    await tab.sent();
    server.chat.newest.say("bot", "您好");
    await tab.says(2);
    expect(tab.texts).toEqual(["你好", "您好"]);
  });

  it("takes over from sockets that open but stay mute", async () => {
    server.muteSockets = true;
    const tab = visitor();
    tab.client.start();
    await tab.until(({ link }) => link === "poll");
  });

  it("obeys a rate limit there too", async () => {
    server.blockSockets = true;
    const tab = visitor();
    tab.client.start();
    await tab.until(({ link }) => link === "poll");
    server.chat.newest.refusals.push({ type: "error", code: "rate_limited", retry_after: 0.1 });
    tab.client.send("一");
    await tab.until(({ pausedUntil }) => pausedUntil !== null);
    await tab.sent();
    expect(server.chat.newest.texts).toEqual(["一"]);
  });

  it("gives way to a socket as soon as one opens, and nothing is doubled", async () => {
    server.blockSockets = true;
    const tab = visitor();
    tab.client.start();
    await tab.until(({ link }) => link === "poll");
    tab.client.send("一");
    await tab.sent();
    server.blockSockets = false;
    await tab.until(({ link }) => link === "socket");
    tab.client.send("二");
    await tab.sent();
    expect(tab.texts).toEqual(["一", "二"]);
  });
});

describe("coming back", () => {
  it("resumes after the last message it has, without asking for the rest again", async () => {
    const tab = await visitor().come();
    server.chat.newest.say("bot", "一");
    await tab.says(1);
    server.cut(1012);
    server.chat.newest.say("bot", "二");
    await tab.says(2);
    const hellos = server.seenFrames.filter(({ type }) => type === "hello");
    expect(hellos.map(({ since }) => since)).toEqual([0, 1]);
    expect(tab.texts).toEqual(["一", "二"]);
  });

  it("shows the history after a reload, and sends what the reload interrupted", async () => {
    const storage = new FakeStorage();
    const before = await visitor(storage).come();
    before.client.send("第一句");
    await before.sent();
    server.chat.newest.loseAcks = 1;
    before.client.send("第二句");
    before.client.stop();
    const after = await visitor(storage).come();
    await after.sent();
    expect(after.texts).toEqual(["第一句", "第二句"]);
    expect(server.chat.newest.texts).toEqual(["第一句", "第二句"]);
  });

  it("keeps a message written before there was any session", async () => {
    server.down = true;
    const storage = new FakeStorage();
    const early = visitor(storage);
    early.client.start();
    expect(early.client.send("有人吗")).toBe(true);
    early.client.stop();
    server.down = false;
    const late = await visitor(storage).come();
    await late.sent();
    expect(server.chat.newest.texts).toEqual(["有人吗"]);
  });

  it("gets a new session when the token is no longer known, and takes unsent messages along", async () => {
    const tab = await visitor().come();
    const first = server.chat.newest;
    first.token = "changed on the server";
    first.loseAcks = 100;
    server.cut(1012);
    tab.client.send("还在吗");
    await tab.until(({ conversation }) => conversation === "c-2");
    await tab.sent();
    expect(server.chat.newest.texts).toEqual(["还在吗"]);
  });

  it("loads a long conversation's end first, and the rest when asked", async () => {
    const storage = new FakeStorage();
    await visitor(storage).come();
    for (let i = 1; i <= 100; i++) server.chat.newest.say("bot", `第 ${i} 句`);
    const tab = await visitor(storage).come();
    expect(tab.texts[0]).toBe("第 41 句");
    expect(tab.state.hasEarlier).toBe(true);
    await tab.client.loadEarlier();
    expect(tab.texts).toHaveLength(100);
    expect(tab.state.hasEarlier).toBe(false);
  });

  it("works without any storage", async () => {
    const tab = await visitor(null).come();
    tab.client.send("你好");
    await tab.sent();
    expect(tab.texts).toEqual(["你好"]);
  });
});

describe("two tabs of one visitor", () => {
  it("both show everything, own messages of the other tab included", async () => {
    const storage = new FakeStorage();
    const one = await visitor(storage).come();
    const two = await visitor(storage).come();
    one.client.send("从一号窗口");
    await two.says(1);
    two.client.send("从二号窗口");
    await one.says(2);
    await two.says(2);
    expect(one.texts).toEqual(["从一号窗口", "从二号窗口"]);
    expect(two.texts).toEqual(one.texts);
    expect(server.chat.conversations).toHaveLength(1);
  });

  it("agree on what was read", async () => {
    const storage = new FakeStorage();
    const one = await visitor(storage).come();
    const two = await visitor(storage).come();
    server.chat.newest.say("bot", "您好");
    await one.says(1);
    await two.says(1);
    expect(two.state.unread).toBe(1);
    one.client.see();
    two.client.storageChanged("huitouke.seen.c-1");
    expect(two.state.unread).toBe(0);
    await expect.poll(() => server.seenFrames).toContainEqual({ type: "seen", seq: 1 });
  });
});

describe("who the visitor is", () => {
  const jwt = (sub: string) => `e30.${btoa(JSON.stringify({ sub }))}.signature`;

  it("stays anonymous, and says so in the console, when the merchant's token is refused", async () => {
    const token = jwt("M1");
    server.chat.badUserTokens.add(token);
    const tab = visitor();
    tab.client.identify(token);
    await tab.until(({ status }) => status === "online");
    expect(server.sessions.map(({ user_token }) => user_token)).toEqual([token, null]);
    expect(tab.state.verified).toBe(false);
  });

  it("never shows one person's conversation to the next", async () => {
    const storage = new FakeStorage();
    const tab = visitor(storage);
    tab.client.identify(jwt("M1"));
    await tab.until(({ status }) => status === "online");
    tab.client.send("我的余额");
    await tab.sent();
    tab.client.identify(jwt("M2"));
    expect(tab.texts).toEqual([]);
    await tab.until(({ conversation, status }) => conversation === "c-2" && status === "online");
    expect(server.sessions[1]?.token).toBeNull();
    expect(tab.texts).toEqual([]);
  });

  it("takes the unsent words of an anonymous visitor along when they sign in", async () => {
    const tab = await visitor().come();
    server.chat.newest.loseAcks = 100;
    tab.client.send("我的积分");
    tab.client.identify(jwt("M1"));
    await tab.until(({ verified, status, caughtUp }) => verified && status === "online" && caughtUp);
    await tab.sent();
    expect(server.chat.newest.owner).toBe(jwt("M1"));
    expect(server.chat.newest.texts).toEqual(["我的积分"]);
  });

  it("keeps a signed-in customer's unsent words for them, not for whoever opens the page next", async () => {
    const storage = new FakeStorage();
    const customer = visitor(storage);
    customer.client.identify(jwt("M1"));
    await customer.until(({ status }) => status === "online");
    server.chat.newest.loseAcks = 100;
    customer.client.send("我的余额");
    customer.client.stop();
    const next = await visitor(storage).come();
    expect(next.waiting).toEqual([]);
    expect(server.chat.newest.texts).toEqual([]);
    server.chat.byOwner(jwt("M1")).loseAcks = 0;
    next.client.identify(jwt("M1"));
    await next.until(({ verified, caughtUp }) => verified && caughtUp);
    await next.sent();
    expect(next.texts).toEqual(["我的余额"]);
  });

  it("forgets everything when the customer signs out", async () => {
    const storage = new FakeStorage();
    const tab = visitor(storage);
    tab.client.identify(jwt("M1"));
    await tab.until(({ status }) => status === "online");
    tab.client.send("我的余额");
    await tab.sent();
    tab.client.identify(null);
    expect(tab.texts).toEqual([]);
    await tab.until(({ conversation }) => conversation === "c-2");
  });
});
