/** Parts that the phone's pages are made of. */
import { make } from "../make";
import { isFull, onChange, openStore, type Store, type Topic } from "./store";
import { say, sizeText } from "./words";

export { make } from "../make";

/** A page: fills `place`, answers what to do when it is left. */
export type Page = (place: HTMLElement, parameters: string[], store: Store) => Promise<void | (() => unknown)>;

export interface Route {
  /** What the hash looks like without “#/”; groups become the page's parameters. */
  pattern: RegExp;
  title: () => string;
  /** Where “返回” leads; "" for pages of the bar below. */
  back: string;
  load: () => Promise<Page>;
}

export function link(href: string, ...children: (Node | string | null)[]): HTMLAnchorElement {
  return make("a", { href }, ...children);
}

export function button(text: string, press: () => unknown, className = "button"): HTMLButtonElement {
  const made = make("button", { type: "button", class: className }, text);
  made.addEventListener("click", () => void Promise.resolve(press()).catch(failed));
  return made;
}

/** Something that was to be kept or done failed: say it, and offer room when there is none. */
export function failed(reason: unknown): void {
  if (!isFull(reason)) {
    console.error("guatu", reason);
    toast(say("这一页没有打开：{why}", { why: reason instanceof Error ? reason.message : String(reason) }), { tone: "bad" });
    return;
  }
  toast(say("手机存储已满，刚才的内容没有保存。"), { tone: "bad", action: say("清理已发送的照片"), press: freeRoom, stay: true });
}

async function freeRoom(): Promise<void> {
  const freed = await (await openStore()).freeSent();
  toast(
    freed > 0
      ? say("已清出 {size}。请再试一次。", { size: sizeText(freed) })
      : say("没有可以清理的照片，请删除手机里其他内容后再试。"),
    { tone: freed > 0 ? "good" : "bad" },
  );
}

export interface ToastOptions {
  tone?: "good" | "bad";
  action?: string;
  press?: () => unknown;
  stay?: boolean;
}

/** A sentence at the foot of the page, with at most one thing to do about it. */
export function toast(sentence: string, options: ToastOptions = {}): void {
  document.querySelector(".toast")?.remove();
  const box = make("div", { class: `toast ${options.tone ?? ""}`.trim(), role: "status", "aria-live": "polite" }, make("span", {}, sentence));
  if (options.action !== undefined) {
    box.append(
      button(options.action, () => {
        box.remove();
        return options.press?.();
      }, "button small"),
    );
  }
  document.body.append(box);
  if (options.stay !== true) window.setTimeout(() => box.remove(), 7000);
}

/** Draw now and whenever one of the topics changes; answers the way to stop. Drawings never overlap. */
export async function live(topics: readonly Topic[], draw: () => Promise<void>): Promise<() => void> {
  let going = true;
  let again = false;
  let busy = true;
  const turn = async (): Promise<void> => {
    busy = true;
    do {
      again = false;
      await draw();
    } while (again && going);
    busy = false;
  };
  const off = onChange((changed) => {
    if (!going || !changed.some((topic) => topics.includes(topic))) return;
    if (busy) again = true;
    else void turn().catch(failed);
  });
  await turn();
  return () => {
    going = false;
    off();
  };
}

export function chip(tone: string, word: string): HTMLElement {
  const shapes: Record<string, string> = { waiting: "○", going: "◐", done: "●", soon: "◇", late: "▲", held: "‖", returned: "↩", void: "×" };
  return make("span", { class: `chip ${tone}` }, make("span", { "aria-hidden": "true" }, `${shapes[tone] ?? "○"} `), word);
}

export function empty(sentence: string, ...more: (Node | null)[]): HTMLElement {
  return make("div", { class: "empty" }, make("p", {}, sentence), ...more);
}

/** One line of a list: a link over its whole width. */
export function item(href: string, title: string, lines: readonly string[], ...more: (Node | null)[]): HTMLElement {
  const said = lines.filter((line) => line !== "");
  return make(
    "li",
    { class: "item" },
    link(href, make("span", { class: "item-title" }, title), ...said.map((line) => make("span", { class: "item-line" }, line))),
    ...more,
  );
}

/** A sheet over the page; answers what `fill` resolves with, undefined when it is closed. Works without <dialog> too. */
export function sheet<T>(title: string, fill: (body: HTMLElement, done: (value: T) => void) => void): Promise<T | undefined> {
  return new Promise((resolve) => {
    const dialog = make("dialog", { class: "sheet", "aria-label": title });
    const body = make("div", { class: "sheet-body" });
    const end = (value: T | undefined): void => {
      if (!dialog.isConnected) return;
      dialog.remove();
      resolve(value);
    };
    dialog.append(make("h2", {}, title), body);
    dialog.addEventListener("cancel", () => end(undefined));
    dialog.addEventListener("close", () => end(undefined));
    fill(body, end);
    body.append(button(say("取消"), () => end(undefined), "button quiet wide"));
    document.body.append(dialog);
    if (typeof dialog.showModal === "function") dialog.showModal();
    else dialog.setAttribute("open", "");
  });
}

export function field(label: string, input: HTMLElement, hint = ""): HTMLElement {
  return make("label", { class: "field" }, make("span", { class: "field-label" }, label), input, hint === "" ? null : make("span", { class: "hint" }, hint));
}

/** Term and description, those without a value left out. */
export function facts(rows: readonly (readonly [string, string | Node | null])[]): HTMLElement {
  const list = make("dl", { class: "facts" });
  for (const [term, value] of rows) {
    if (value !== null && value !== "") list.append(make("dt", {}, term), make("dd", {}, value));
  }
  return list;
}
