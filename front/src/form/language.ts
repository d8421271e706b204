import { inEnglish } from "../words";

/**
 * A form in several languages opens in that of the page, whatever its author made the default: the `default` of its
 * translations is moved. A form without the page's language stays as it is.
 */
export function inPageLanguage(xml: string): string {
  const wanted = inEnglish() ? /\(en\)|^en\b|english/i : /\(zh\b|^zh\b|中文|汉语/i;
  const langs = [...xml.matchAll(/<translation\b[^>]*\blang="([^"]*)"/g)].map((found) => found[1] ?? "");
  const chosen = langs.find((lang) => wanted.test(lang));
  if (chosen === undefined) return xml;
  return xml.replace(/<translation\b[^>]*>/g, (tag) => {
    const plain = tag.replace(/\sdefault="[^"]*"/, "");
    return plain.includes(`lang="${chosen}"`) ? plain.replace("<translation", '<translation default="true()"') : plain;
  });
}
