import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { webFormsInChinese } from "./build/web-forms.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// The built files are read by Django from the kit's static folder: one entry with a steady name, everything
// else beside it under names that change with their content, so that a browser may keep them for ever.
export default defineConfig({
  base: "./",
  plugins: [webFormsInChinese()],
  define: { __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false" },
  worker: { format: "es" },
  build: {
    target: "es2022",
    outDir: here("../guatu/kit/static/built/"),
    emptyOutDir: true,
    // Django reads from it what the phone pages are made of, so that the phone can keep all of it.
    manifest: "manifest.json",
    // A base64 file inside a script cannot be cached on its own and needs a wider content policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2600,
    rollupOptions: {
      // The form engine's WebAssembly loader has an eval on a path it never takes here; the content policy forbids it.
      checks: { eval: false, pluginTimings: false },
      input: { elements: here("src/elements.ts"), phone: here("src/phone/main.ts") },
      output: {
        entryFileNames: (entry) => (entry.name === "elements" ? "[name].js" : "parts/[name]-[hash].js"),
        chunkFileNames: "parts/[name]-[hash].js",
        assetFileNames: "parts/[name]-[hash][extname]",
      },
    },
  },
});
