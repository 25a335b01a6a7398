import { useColorScheme } from "@chatui/core";
import { useEffect, useLayoutEffect, useMemo, useRef, useSyncExternalStore } from "react";
import type { ChatClient } from "../chat/client";
import { applyBrand } from "../ui/color";
import { Banner } from "./Banner";
import { Composer } from "./Composer";
import { SurroundingsContext } from "./context";
import { Header } from "./Header";
import type { Strings } from "./locales";
import { Messages } from "./Messages";
import { QueueBar } from "./QueueBar";
import type { Shell } from "./shell";

type Props = {
  client: ChatClient;
  shell: Shell;
  strings: Strings;
  title: string | null;
  color: string | null;
};

export function App({ client, shell, strings, title, color }: Props) {
  const chat = useSyncExternalStore(client.state.subscribe, client.state.get);
  const { open, visible } = useSyncExternalStore(shell.state.subscribe, shell.state.get);
  const scheme = useColorScheme("auto");
  const input = useRef<HTMLTextAreaElement>(null);
  const main = useRef<HTMLElement>(null);

  useLayoutEffect(() => applyBrand(document.documentElement, color, scheme === "dark"), [color, scheme]);

  useEffect(() => {
    if (!open) return;
    // On a phone the keyboard would cover half of what is there to be read.
    const target = hasKeyboard() ? input.current : main.current;
    target?.focus({ preventScroll: true });
  }, [open]);

  const { conversation, caughtUp, verified } = chat;
  // biome-ignore lint/correctness/useExhaustiveDependencies: who it is decides what they may have come for
  useEffect(() => {
    if (open && caughtUp) void client.loadPrompts();
  }, [client, open, caughtUp, conversation, verified]);

  const surroundings = useMemo(
    () => ({ strings, clockOffset: chat.clockOffset }),
    [strings, chat.clockOffset],
  );

  // The same functions for ever, so that rows which did not change are not drawn again.
  const actions = useMemo(
    () => ({
      onEarlier: () => client.loadEarlier(),
      onSeen: () => client.see(),
      onResend: (client_id: string) => client.resend(client_id),
      onDiscard: (client_id: string) => client.discard(client_id),
    }),
    [client],
  );

  /** A pressed button disappears: the focus must go somewhere. */
  const keepFocus = () => {
    if (hasKeyboard()) input.current?.focus();
    else main.current?.focus({ preventScroll: true });
  };

  return (
    <SurroundingsContext.Provider value={surroundings}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Escape closes from wherever the focus is */}
      <div
        className="app"
        data-standalone={!shell.canClose}
        onKeyDown={(event) => {
          if (event.key === "Escape" && !event.nativeEvent.isComposing) shell.close();
        }}
      >
        <Header
          title={title ?? chat.title ?? strings.defaultTitle}
          status={chat.status}
          verified={chat.verified}
          onClose={shell.canClose ? () => shell.close() : null}
        />
        <QueueBar
          chat={chat}
          onChoose={(choice, title) => {
            client.choose(choice, title);
            keepFocus();
          }}
          onSay={(text) => client.send(text)}
        />
        <Banner chat={chat} onRetry={() => client.wake()} />
        <main ref={main} tabIndex={-1} className="main">
          <Messages
            chat={chat}
            watched={open && visible}
            onSay={(text) => {
              client.send(text);
              keepFocus();
            }}
            onChoose={(choice, title) => {
              client.choose(choice, title);
              keepFocus();
            }}
            onAsk={(prompt) => {
              client.ask(prompt);
              keepFocus();
            }}
            {...actions}
          />
        </main>
        <Composer
          ref={input}
          limit={chat.limit}
          disabled={chat.status === "refused"}
          onSend={(text) => client.send(text)}
          onTyping={(text) => client.typing(text)}
          onFile={chat.queue && chat.queue.by !== "bot" ? (file) => client.sendFile(file) : null}
        />
      </div>
    </SurroundingsContext.Provider>
  );
}

function hasKeyboard(): boolean {
  return window.matchMedia("(hover: hover) and (pointer: fine)").matches;
}
