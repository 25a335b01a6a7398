import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket as NodeSocket } from "ws";
import { matching } from "../src/desk/client/canned";
import { DeskClient } from "../src/desk/client/desk";
import type { News } from "../src/desk/client/state";
import { compare, stands } from "../src/desk/client/tickets";
import { readHolidays, readSpans } from "../src/desk/settings/hours";
import { refusalIn } from "../src/desk/strings/refusals";
import { FakeDesk, line } from "./fake/desk";
import { FakeStorage } from "./fake/visitor";

const ME = { id: 3, name: "小李" };
let desk: FakeDesk;
let client: DeskClient;

function open(storage: Storage = new FakeStorage()): DeskClient {
  return new DeskClient({
    base: desk.base,
    storage,
    makeSocket: (url) => new NodeSocket(url) as unknown as WebSocket,
    timing: {
      welcome: 400,
      ping: 200,
      pong: 200,
      backoff: { first: 10, most: 50 },
      resend: { first: 10, most: 40 },
    },
  });
}

const until = (check: () => unknown) => vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 3000 });
const online = () => until(() => client.state.get().status === "online");

beforeEach(async () => {
  desk = new FakeDesk();
  await desk.start();
  client = open();
});

afterEach(async () => {
  client.stop();
  await desk.stop();
});

describe("signing in", () => {
  it("asks for it when nobody is signed in, and takes a refusal's sentence as it is", async () => {
    desk.signedIn = false;
    await client.start();
    expect(client.state.get().phase).toBe("out");
    desk.refusals.push({ status: 401, code: "bad_login", message: "账号或密码不对" });
    await expect(client.login("xiaoli", "wrong")).rejects.toThrow("账号或密码不对");
    await client.login("xiaoli", "right");
    await online();
    expect(client.state.get().me?.name).toBe("小李");
  });

  it("is signed out when the session ends, and keeps nothing on the screen", async () => {
    desk.lines = [line()];
    await client.start();
    await online();
    desk.signedIn = false;
    desk.cut(4401);
    await until(() => client.state.get().phase === "out");
    expect(client.state.get().lines.size).toBe(0);
  });

  it("gets a new token when the socket was refused with an old one", async () => {
    await client.start();
    await online();
    desk.csrf = "token-2";
    desk.cut();
    await until(() => desk.hellos.some(({ csrf }) => csrf === "token-2"));
    await online();
  });
});

describe("lists", () => {
  it("learns after a cut what changed meanwhile, from the number it had", async () => {
    desk.lines = [line({ n: 5 })];
    await client.start();
    await online();
    desk.cut();
    desk.change(line({ state: "assigned", agent: ME }));
    await until(() => client.state.get().lines.get(17)?.state === "assigned");
    expect(desk.hellos.at(-1)?.since).toBe(10);
  });

  it("never takes an older version of a ticket for news", async () => {
    desk.lines = [line({ n: 9, unread: 2 })];
    await client.start();
    await online();
    desk.tell({ type: "ticket", n: 11, ticket: line({ n: 4, unread: 7 }) });
    desk.tell({ type: "counts", counts: { queue: 1, mine: 0, unread: 0 } });
    await until(() => client.state.get().counts.queue === 1);
    expect(client.state.get().lines.get(17)?.unread).toBe(2);
  });

  it("tells of somebody new in the queue and of a customer's words to me, once each", async () => {
    await client.start();
    await online();
    const news: News["kind"][] = [];
    client.onNews(({ kind }) => news.push(kind));
    const last = { seq: 4, author: "customer", text: "在吗", at: "2026-11-22T08:01:00Z" };
    desk.change(line());
    desk.change(line({ state: "assigned", agent: ME, unread: 1, last }));
    desk.change(line({ state: "assigned", agent: ME, unread: 1, last, emotion: "angry" }));
    await until(() => client.state.get().lines.get(17)?.emotion === "angry");
    expect(news).toEqual(["queue", "message"]);
  });

  it("puts a ticket into the lists where it stands", () => {
    const offered = line({ state: "assigned", agent: { id: 4, name: "小王" } });
    const mine = { to: { agent: ME }, from: { id: 4, name: "小王" }, note: "", at: "" };
    expect(stands(line(), "queue", 3)).toBe(true);
    expect(stands(offered, "mine", 3)).toBe(false);
    expect(stands({ ...offered, offer: mine }, "mine", 3)).toBe(true);
    expect(stands(line({ state: "closed" }), "all", 3)).toBe(false);
    const early = line({ id: 2, rank_at: "2026-11-22T07:00:00Z" });
    expect([line(), early].sort(compare("queue"))[0]?.id).toBe(2);
  });
});

describe("a conversation", () => {
  beforeEach(async () => {
    desk.lines = [line({ state: "assigned", agent: ME })];
    desk.say("我的积分怎么少了");
    await client.start();
    await online();
  });

  it("shows what is said, once and in order, also what was said while the line was cut", async () => {
    const thread = await client.open(17);
    desk.say("在吗");
    desk.cut();
    desk.say("有人吗");
    desk.say("喂");
    await until(() => thread.state.get().messages.length === 4);
    expect(thread.state.get().messages.map(({ text }) => text)).toEqual([
      "我的积分怎么少了",
      "在吗",
      "有人吗",
      "喂",
    ]);
  });

  it("sends an answer again until the server has it, and never twice", async () => {
    const thread = await client.open(17);
    desk.refusals.push({ status: 503, code: "unavailable", message: "" });
    thread.write("我来查");
    thread.write("请稍等");
    await until(() => thread.state.get().pending.length === 0);
    expect(desk.messages.map(({ text }) => text)).toEqual(["我的积分怎么少了", "我来查", "请稍等"]);
    expect(desk.posts.every(({ csrf }) => csrf === "token-1")).toBe(true);
  });

  it("keeps an answer that was refused, with the reason, until it is sent again or dropped", async () => {
    const thread = await client.open(17);
    desk.refusals.push({ status: 409, code: "handed_back", message: "已交还机器人" });
    thread.write("我来查");
    await until(() => thread.state.get().pending[0]?.failed);
    expect(thread.state.get().pending[0]?.failed?.text).toBe("已交还机器人");
    thread.resend(thread.state.get().pending[0]?.client_id ?? "");
    await until(() => thread.state.get().pending.length === 0);
    expect(desk.messages.at(-1)?.text).toBe("我来查");
  });

  it("still has what could not be sent after the page was loaded again", async () => {
    const storage = new FakeStorage();
    client.stop();
    client = open(storage);
    await client.start();
    const before = await client.open(17);
    desk.refusals.push({ status: 409, code: "not_yours", message: "小王正在接待" });
    before.write("我来查");
    await until(() => before.state.get().pending[0]?.failed);
    client.stop();
    client = open(storage);
    await client.start();
    const after = await client.open(17);
    expect(after.state.get().pending.map(({ text }) => text)).toEqual(["我来查"]);
  });

  it("shows what the customer writes until the message comes", async () => {
    const thread = await client.open(17);
    await until(() => desk.watches.length === 1);
    desk.tell({ type: "typing", conversation: "c-1", who: "customer", text: "我想", on: true });
    await until(() => thread.state.get().typing?.text === "我想");
    desk.say("我想问运费");
    await until(() => thread.state.get().messages.length === 2);
    expect(thread.state.get().typing).toBeNull();
  });
});

describe("small things", () => {
  it("finds canned replies by shortcut before title before text", () => {
    const canned = (id: number, shortcut: string, title: string, text: string) => ({
      ...{ id, shortcut, title, text },
      ...{ topic: null, intents: [], shared: true, mine: false },
    });
    const all = [
      canned(1, "yf", "运费", "jf"),
      canned(2, "jf", "积分规则", ""),
      canned(3, "x", "jf 说明", ""),
    ];
    expect(matching(all, "jf").map(({ id }) => id)).toEqual([2, 3, 1]);
    expect(matching(all, "没有")).toEqual([]);
  });

  it("says a refusal in the agent's language, and in the server's words where it has none", () => {
    const taken = { code: "taken", message: "另一位同事已经接了这个会话。" };
    expect(refusalIn("zh-CN", taken)).toBe(taken.message);
    expect(refusalIn("en", taken)).toMatch(/colleague has taken/);
    expect(refusalIn("en", { code: "something_new", message: "新的情况。" })).toBe("新的情况。");
  });

  it("reads opening hours as people write them, and says what it cannot read", () => {
    expect(readSpans("9:00-12:00，13:00至21:00")).toEqual([
      ["09:00", "12:00"],
      ["13:00", "21:00"],
    ]);
    expect(() => readSpans("9-12")).toThrow("9-12");
    expect(readHolidays("2027-01-01\n2027-01-02 10:00-16:00")).toEqual({
      "2027-01-01": [],
      "2027-01-02": [["10:00", "16:00"]],
    });
    expect(() => readHolidays("元旦")).toThrow("元旦");
  });
});
