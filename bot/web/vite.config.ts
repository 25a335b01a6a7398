import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { TARGETS } from "./vite.targets.ts";

const server = process.env.HUITOUKE_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  // Its "browser" field names a bundle of everything; the modules can be taken one by one.
  resolve: { alias: [{ find: /^@chatui\/core$/, replacement: "@chatui/core/es/index.js" }] },
  build: {
    target: TARGETS,
    assetsInlineLimit: 0, // a data: URL would need a hole in the Content-Security-Policy
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { widget: "widget/index.html", shop: "shop/index.html", desk: "desk/index.html" },
      // @chatui/core declares no side effects of its own, but imports polyfills that would stay in the bundle.
      treeshake: {
        moduleSideEffects: (id) =>
          !/node_modules\/(@chatui|core-js|intersection-observer|dompurify)/.test(id),
      },
    },
  },
  server: { proxy: { "/api": { target: server, ws: true }, "/widget.js": server } },
  test: {
    include: ["tests/**/*.test.{ts,tsx}"],
    env: { TZ: "Asia/Shanghai" },
    server: { deps: { inline: [/@chatui/] } },
  },
});
