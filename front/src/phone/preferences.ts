/** Language and size of type on this phone: what was chosen here, else what the person's record says. */
import type { Who } from "./store";

const LANGUAGE = "guatu-phone-language";
const TYPE = "guatu-phone-type";

function kept(name: string): string {
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // a browser that keeps nothing: it holds for this page
  }
}

export function preferences(who: Who | undefined): void {
  const root = document.documentElement;
  const language = kept(LANGUAGE) || who?.language || (root.lang.startsWith("en") ? "en" : "zh-hans");
  root.lang = language === "en" ? "en" : "zh-Hans";
  root.dataset["type"] = (kept(TYPE) || (who?.large === true ? "large" : "")) === "large" ? "large" : "normal";
}

export function chooseLanguage(language: "zh-hans" | "en", who: Who | undefined): void {
  keep(LANGUAGE, language);
  // The server answers in the same language: its sentences stand in the outbox.
  document.cookie = `django_language=${language}; path=/; max-age=31536000; SameSite=Lax`;
  preferences(who);
}

export function chooseType(large: boolean, who: Who | undefined): void {
  keep(TYPE, large ? "large" : "normal");
  preferences(who);
}
