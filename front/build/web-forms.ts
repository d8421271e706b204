import type { Plugin } from "vite";
import { ENGINE, PHRASES, REWRITES } from "../src/form/phrases.ts";

/**
 * Makes @getodk/web-forms fit for an office without internet that works in Chinese.
 *
 * The library has no place to hang a translation, draws its maps from tile.openstreetmap.org and carries 0.9 MB of
 * Latin fonts. So three things are changed while building, each by an exact string, and each string must be there
 * exactly as often as the table says: when a new version of the library moves a word, the build stops and names it,
 * instead of an English word coming back on somebody's phone.
 *
 * 1. words: every user-visible literal becomes `guatuWord("…")`, which looks the word up at run time (the page may
 *    be Chinese or English);
 * 2. behaviour: the rewrites of the table (no outside tiles, drafts, plural sentences);
 * 3. style: the sheet injected by script becomes a file of its own, without the fonts.
 *
 * The engine alone (`@getodk/xforms-engine`, for the phone's own pages) says nothing to people; only its behaviour is
 * changed, by the table ENGINE.
 */
export function webFormsInChinese(): Plugin {
  const sheets = new Map<string, string>();
  return {
    name: "guatu-web-forms",
    enforce: "pre",
    resolveId(id) {
      return id.startsWith("virtual:web-forms") ? id : null;
    },
    load(id) {
      return id.startsWith("virtual:web-forms") ? (sheets.get(id) ?? "") : null;
    },
    transform(code, id) {
      if (/@getodk\/xforms-engine\/dist\/index\.js/.test(id)) return { code: withClock(code), map: null };
      const part = partOf(id);
      if (part === null) return null;
      if (part === "entry") return { code: withoutInjectedSheet(code, sheets), map: null };
      return { code: withWords(part, code), map: null };
    },
  };
}

function withClock(code: string): string {
  const changed = ENGINE.reduce((text, row) => swap(text, row.find, row.put, row.times ?? 1), code);
  return `import { guatuNow } from "/src/form/clock.ts";\n${changed}`;
}

type Part = "entry" | "form" | "map";

function partOf(id: string): Part | null {
  const name = /@getodk\/web-forms\/dist\/([^/?]+)$/.exec(id)?.[1];
  if (name === undefined) return null;
  if (name === "index.js") return "entry";
  return name.startsWith("MapBlock") ? "map" : "form";
}

function withWords(part: "form" | "map", code: string): string {
  let changed = code;
  for (const phrase of PHRASES.filter((row) => row.part === part)) {
    const call = `guatuWord(${JSON.stringify(phrase.en)})`;
    const literal = JSON.stringify(phrase.en);
    const find = phrase.find ?? literal;
    if (!find.includes(literal)) throw new Error(`web-forms: ${find} does not contain ${literal}`);
    changed = swap(changed, find, find.replace(literal, () => call), phrase.times ?? 1);
  }
  for (const row of REWRITES.filter((row) => row.part === part)) {
    changed = swap(changed, row.find, row.put, row.times ?? 1);
  }
  return `import { guatuNow, guatuRoot, guatuWord } from "/src/form/hooks.ts";\n${changed}`;
}

function swap(code: string, find: string, put: string, times: number): string {
  const found = code.split(find).length - 1;
  if (found !== times) {
    throw new Error(
      `web-forms: expected ${times} × ${JSON.stringify(find)} but found ${found}. ` +
        "The library has changed: look the sentence up in its new build and mend front/src/form/phrases.ts.",
    );
  }
  return code.split(find).join(put);
}

function withoutInjectedSheet(code: string, sheets: Map<string, string>): string {
  const found = /^\(function\(\)\{"use strict";try\{.*?createTextNode\('(.*)'\)\),document\.head\.appendChild\(\w+\)\}.*?\}\)\(\);/s.exec(code);
  const text = found?.[1];
  if (found === null || text === undefined) throw new Error("web-forms: the injected style sheet was not found.");
  const sheet = (JSON.parse(`"${text.replace(/\\'/g, "'").replaceAll('"', '\\"')}"`) as string).replace(
    /@font-face\{[^}]*\}/g,
    "",
  );
  if (/url\(["']?(https?:)?\/\//.test(sheet)) throw new Error("web-forms: its style sheet asks for an outside address.");
  sheets.set("virtual:web-forms.css", sheet);
  return `import "virtual:web-forms.css";\n${code.slice(found[0].length)}`;
}
