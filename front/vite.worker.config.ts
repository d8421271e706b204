import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// The phone's service worker is one file without imports: not every browser runs modules in service workers. Built after
// the rest (`npm run build`), beside it.
export default defineConfig({
  publicDir: false,
  build: {
    target: "es2022",
    outDir: here("../guatu/kit/static/built/"),
    emptyOutDir: false,
    rollupOptions: {
      input: { "phone-sw": here("src/phone/sw.ts") },
      output: { format: "iife", entryFileNames: "[name].js" },
    },
  },
});
