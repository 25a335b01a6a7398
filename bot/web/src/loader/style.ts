/** The launcher's looks, inside a shadow root: the merchant's styles and ours never meet. */
const CSS = `
:host { all: initial; }
* { box-sizing: border-box; }
.launcher {
  position: fixed; z-index: 2147483000; right: max(20px, env(safe-area-inset-right));
  bottom: max(20px, env(safe-area-inset-bottom)); width: 58px; height: 58px; padding: 0; border: 0;
  border-radius: 50%; background: var(--brand); color: var(--on-brand); cursor: pointer;
  box-shadow: 0 6px 20px rgba(10, 40, 32, .22), 0 2px 6px rgba(10, 40, 32, .14);
  transition: transform .18s ease; -webkit-tap-highlight-color: transparent;
}
.launcher:hover { transform: translateY(-2px); }
.launcher:focus-visible { outline: 3px solid var(--brand); outline-offset: 3px; }
.launcher svg { position: absolute; inset: 0; margin: auto; transition: opacity .15s, transform .2s; }
.launcher .shut, .open .launcher .chat { opacity: 0; transform: scale(.6) rotate(-20deg); }
.open .launcher .shut { opacity: 1; transform: none; }
.badge {
  position: absolute; top: -3px; right: -3px; min-width: 22px; height: 22px; padding: 0 6px;
  border: 2px solid #fff; border-radius: 11px; background: #d92d20; color: #fff;
  font: 600 12px/18px system-ui, -apple-system, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif;
  text-align: center;
}
.badge[hidden] { display: none; }
.panel {
  position: fixed; z-index: 2147483001; right: max(20px, env(safe-area-inset-right)); bottom: 92px;
  width: min(400px, calc(100vw - 40px)); height: min(700px, calc(100vh - 116px)); overflow: hidden;
  border-radius: 20px; background: #f4f6f4; visibility: hidden; opacity: 0; transform: translateY(14px) scale(.985);
  transform-origin: bottom right; transition: opacity .18s ease, transform .18s ease, visibility 0s .18s;
  box-shadow: 0 16px 48px rgba(10, 40, 32, .2), 0 2px 10px rgba(10, 40, 32, .1);
}
.open .panel { visibility: visible; opacity: 1; transform: none; transition-delay: 0s; }
iframe { display: block; width: 100%; height: 100%; border: 0; color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  .panel { background: #121614; box-shadow: 0 16px 48px rgba(0, 0, 0, .5), 0 0 0 1px #2c3431; }
  .badge { border-color: #121614; }
}
@media (max-width: 520px) {
  .panel { inset: 0; width: 100%; height: 100%; height: 100dvh; border-radius: 0; }
  .open .launcher { visibility: hidden; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
`;

/** Puts the style into `root`, without an inline style that the page's Content-Security-Policy could forbid. */
export function addStyle(root: ShadowRoot): void {
  if ("adoptedStyleSheets" in root && "replaceSync" in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    root.adoptedStyleSheets = [sheet];
    return;
  }
  const style = document.createElement("style"); // Safari before 16.4
  style.textContent = CSS;
  root.append(style);
}
