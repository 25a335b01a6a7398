import { WebSocket as NodeSocket } from "ws";
import { ChatClient } from "../../src/chat/client";
import type { ChatState } from "../../src/chat/state";
import type { Timing } from "../../src/chat/timing";
import type { FakeServer } from "./server";

/** Waiting times short enough for tests, in the proportions of the real ones. */
export const QUICK: Timing = {
  welcome: 500,
  ping: 250,
  pong: 250,
  ack: 500,
  poll: 300,
  gap: 40,
  backoff: { first: 10, most: 60 },
  socketAgain: { first: 100, most: 400 },
  typing: 60,
};

/** A browser's localStorage, which several tabs may share. */
export class FakeStorage implements Storage {
  private readonly items = new Map<string, string>();
  get length() {
    return this.items.size;
  }
  clear = () => this.items.clear();
  getItem = (key: string) => this.items.get(key) ?? null;
  key = (index: number) => [...this.items.keys()][index] ?? null;
  removeItem = (key: string) => void this.items.delete(key);
  setItem = (key: string, value: string) => void this.items.set(key, value);
}

/** A tab with the chat in it. */
export class Visitor {
  readonly client: ChatClient;

  constructor(server: FakeServer, storage: Storage | null = new FakeStorage(), timing: Partial<Timing> = {}) {
    this.client = new ChatClient({
      base: server.base,
      locale: "zh-CN",
      timeZone: "Asia/Shanghai",
      storage,
      makeSocket: (url) => new NodeSocket(url) as unknown as WebSocket,
      timing: { ...QUICK, ...timing },
    });
  }

  get state(): ChatState {
    return this.client.state.get();
  }

  get texts(): string[] {
    return this.state.messages.map(({ text }) => text);
  }

  get waiting(): string[] {
    return this.state.pending.map(({ text, failed }) => (failed ? `${text} (${failed.code})` : text));
  }

  /** Starts, and waits until connected and up to date. */
  async come(): Promise<this> {
    this.client.start();
    await this.until((state) => state.status === "online" && state.caughtUp);
    return this;
  }

  until(condition: (state: ChatState) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!condition(this.state)) return;
        clearTimeout(timer);
        leave();
        resolve();
      };
      const timer = setTimeout(() => {
        leave();
        reject(new Error(`still waiting; state is ${JSON.stringify(this.state)}`));
      }, 3000);
      const leave = this.client.state.subscribe(check);
      check();
    });
  }

  says(count: number): Promise<void> {
    return this.until(({ messages }) => messages.length >= count);
  }

  sent(): Promise<void> {
    return this.until(({ pending }) => pending.length === 0);
  }
}
