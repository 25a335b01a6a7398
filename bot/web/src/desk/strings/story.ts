/** What happened to a ticket, as one line of its story. */

export type Told = { by: string; to: string; reason: string; text: string; minutes: string; on: boolean };

export const storyZh: Record<string, (told: Told) => string> = {
  opened: ({ reason }) => (reason ? `需要人工：${reason}` : "需要人工"),
  queued: ({ minutes }) => (minutes ? `开始排队，预计 ${minutes} 分钟` : "开始排队"),
  details: () => "机器人记下的情况",
  offered: ({ by, to }) => `${by} 转给 ${to}`,
  accepted: ({ by }) => `${by} 接受了转接`,
  declined: ({ by }) => `${by} 谢绝了转接`,
  withdrawn: ({ by }) => `${by} 撤回了转接`,
  assigned: ({ to, by }) => `由 ${to || by} 接待`,
  transferred: ({ by, to }) => `${by} 转到 ${to}`,
  released: ({ by }) => `${by} 放回队列`,
  listening: ({ by, on }) => (on ? `${by} 开始旁听` : `${by} 结束旁听`),
  operation: ({ by }) => `${by} 办理业务`,
  callback: () => "回电",
  message: () => "客户留言",
  left: () => "客户离开了队列",
  handed_back: ({ by }) => `${by} 交还机器人`,
  closed: ({ by, reason }) => (reason ? `${by} 结束会话：${reason}` : `${by} 结束会话`),
  reopened: ({ by }) => `${by} 重新打开`,
  rated: () => "客户评价",
};

export const storyEn: Record<string, (told: Told) => string> = {
  opened: ({ reason }) => (reason ? `A person is needed: ${reason}` : "A person is needed"),
  queued: ({ minutes }) => (minutes ? `Waiting, about ${minutes} min` : "Waiting"),
  details: () => "What the bot took down",
  offered: ({ by, to }) => `${by} offers this to ${to}`,
  accepted: ({ by }) => `${by} accepted`,
  declined: ({ by }) => `${by} declined`,
  withdrawn: ({ by }) => `${by} withdrew the offer`,
  assigned: ({ to, by }) => `${to || by} has this now`,
  transferred: ({ by, to }) => `${by} moved this to ${to}`,
  released: ({ by }) => `${by} put this back into the queue`,
  listening: ({ by, on }) => (on ? `${by} is listening` : `${by} stopped listening`),
  operation: ({ by }) => `${by}: operation`,
  callback: () => "Call back",
  message: () => "The customer left a message",
  left: () => "The customer left the queue",
  handed_back: ({ by }) => `${by} handed back to the bot`,
  closed: ({ by, reason }) => (reason ? `${by} closed this: ${reason}` : `${by} closed this`),
  reopened: ({ by }) => `${by} reopened this`,
  rated: () => "The customer's rating",
};
