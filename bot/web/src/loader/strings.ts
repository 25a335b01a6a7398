/** What the launcher says; the widget has the rest. */
const zh = {
  title: "在线客服",
  open: (unread: number) => (unread ? `打开在线客服，${unread} 条未读消息` : "打开在线客服"),
  close: "收起在线客服",
};

const en: typeof zh = {
  title: "Customer service chat",
  open: (unread) => (unread ? `Open the chat, ${unread} unread` : "Open the chat"),
  close: "Close the chat",
};

export type LauncherStrings = typeof zh;

export function launcherStrings(locale: string | null): LauncherStrings {
  return !locale || /^zh\b/i.test(locale) ? zh : en;
}
