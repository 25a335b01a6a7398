import { defineConfig } from "vite";
import { TARGETS } from "./vite.targets.ts";

/** `dist/widget.js`: one classic script without dependencies, which runs in the merchant's page. */
export default defineConfig({
  publicDir: false,
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
