// The phone of a WeChat customer: shows a chat, and does what its owner does.
const at = (id) => document.getElementById(id);
const newUser = () => `o-demo-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`.slice(0, 28);

let user = localStorage.getItem("wechat-user") ?? newUser();
localStorage.setItem("wechat-user", user);
let accounts = [];
let since = 0;
let round = 0;

const account = () => at("account").value;

async function act(what) {
  await fetch("api/do", { method: "POST", body: JSON.stringify({ account: account(), user, ...what }) });
}

function line(message) {
  const item = document.createElement("li");
  item.className = message.type === "notice" || message.who === "notice" ? "notice" : message.who;
  if (message.media) {
    const image = document.createElement("img");
    image.src = `media/${message.media}`;
    image.alt = "图片";
    item.append(image);
  }
  item.append(message.type === "voice" ? `🔊 ${message.text}` : (message.text ?? ""));
  for (const choice of message.items ?? []) {
    const link = document.createElement("a");
    link.textContent = choice.content;
    link.href = "#";
    link.role = "button";
    link.addEventListener("click", (event) => {
      event.preventDefault();
      act({ do: "say", text: choice.content, menu: choice.id });
    });
    item.append(link);
  }
  at("lines").append(item);
  item.scrollIntoView({ block: "end" });
}

function show(chat) {
  for (const message of chat.lines) line(message);
  since += chat.lines.length;
  at("state").textContent = chat.typing ? "对方正在输入…" : chat.follows ? `商家还能发 ${chat.left} 条` : "未关注";
}

async function follow() {
  const mine = ++round;
  since = 0;
  at("lines").replaceChildren();
  let wait = "";
  while (mine === round) {
    try {
      const query = new URLSearchParams({ account: account(), user, since, ...(wait && { wait }) });
      const answer = await fetch(`api/lines?${query}`);
      if (!answer.ok) throw new Error(String(answer.status));
      const chat = await answer.json();
      if (mine === round) show(chat);
      wait = "1";
    } catch {
      await new Promise((done) => setTimeout(done, 1000));
    }
  }
}

function menu() {
  const known = accounts.find((each) => each.id === account());
  at("menu").replaceChildren(...(known?.menu?.button ?? []).map((button) => top(button)));
  at("follow").textContent = known?.kind === "wecom" ? "打开会话" : "关注";
  at("leave").hidden = known?.kind === "wecom";
}

/** A button of the account's menu; one with others below it opens them. */
function top(button) {
  const item = document.createElement("div");
  const below = document.createElement("div");
  below.className = "below";
  below.hidden = true;
  below.append(...(button.sub_button ?? []).map((each) => pressed(each)));
  const press = pressed(button);
  if (button.sub_button) press.setAttribute("aria-expanded", "false");
  item.append(below, press);
  return item;
}

function pressed(button) {
  const press = document.createElement("button");
  press.type = "button";
  press.textContent = button.sub_button ? `≡ ${button.name}` : button.name;
  press.addEventListener("click", () => {
    const opens = button.sub_button && press.previousElementSibling.hidden;
    close();
    if (opens) open(press);
    else if (button.type === "view") window.open(button.url, "_blank", "noopener");
    else if (!button.sub_button) act({ do: "press", key: button.key ?? "" });
  });
  return press;
}

function open(press) {
  press.previousElementSibling.hidden = false;
  press.setAttribute("aria-expanded", "true");
}

function close() {
  for (const below of document.querySelectorAll("#menu .below")) {
    below.hidden = true;
    if (below.nextElementSibling.ariaExpanded) below.nextElementSibling.setAttribute("aria-expanded", "false");
  }
}

at("write").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = at("text").value.trim();
  if (text) act({ do: "say", text });
  at("text").value = "";
});
at("picture").addEventListener("change", async () => {
  const [file] = at("picture").files;
  if (!file) return;
  const bytes = new Uint8Array(await file.arrayBuffer());
  let raw = "";
  for (const byte of bytes) raw += String.fromCharCode(byte);
  await act({ do: "picture", data: btoa(raw) });
  at("picture").value = "";
});
at("follow").addEventListener("click", () => act({ do: "follow" }));
at("leave").addEventListener("click", () => act({ do: "leave" }));
at("other").addEventListener("click", () => {
  user = newUser();
  localStorage.setItem("wechat-user", user);
  follow();
});
at("account").addEventListener("change", () => {
  menu();
  follow();
});

accounts = await (await fetch("api/accounts")).json();
for (const each of accounts) {
  at("account").append(new Option(each.kind === "wecom" ? "微信客服" : "公众号", each.id));
}
menu();
follow();
