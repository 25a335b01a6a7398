import { defineConfig, type Plugin } from "vite";
import { TARGETS } from "./vite.targets.ts";

/** Every character beyond ASCII as an escape: the merchant's page may be read as GBK, and the script with it. */
const ascii: Plugin = {
  name: "ascii",
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== "chunk") continue;
      chunk.code = chunk.code.replace(
        /[^\0-\x7f]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
    }
  },
};

/** `dist/widget.js`: one classic script without dependencies, which runs in the merchant's page. */
export default defineConfig({
  publicDir: false,
  plugins: [ascii],
  build: {
    target: TARGETS,
    emptyOutDir: false,
    lib: {
      entry: "src/loader/main.ts",
      formats: ["iife"],
      name: "HuitoukeLoader",
      fileName: () => "widget.js",
    },
  },
});
