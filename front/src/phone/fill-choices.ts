/** Questions with choices: one, many, in an order, on a picture. */
import type { RankNode, SelectNode } from "@getodk/xforms-engine";
import { computed, h, nextTick, ref, type VNodeChild } from "vue";
import { fileOf } from "./fill-engine";
import { button, has, idsOf, part, said, spokenOf, type AnyNode, type Words } from "./fill-parts";
import type { Session } from "./fill-session";
import { say } from "./fill-words";

type Select = SelectNode & AnyNode;
interface Item {
  value: string;
  label: Words;
}

/** More than this many stand in a list with a field to find one; so does what the author wants small. */
const MOST_SHOWN = 20;
const MOST_FOUND = 60;

const manyOf = (node: Select): boolean => node.selectType === "select";
const itemsOf = (node: Select | RankNode): readonly Item[] => node.currentState.valueOptions as unknown as readonly Item[];

function choose(node: Select, session: Session, item: string, on: boolean): void {
  session.set(node, () => {
    if (!manyOf(node)) return node.selectValue(on ? item : null);
    const now = node.currentState.value.filter((one) => one !== item);
    // The order of the list, as every client writes it.
    const wanted = new Set(on ? [...now, item] : now);
    return node.selectValues(itemsOf(node).map((one) => one.value).filter((one) => wanted.has(one)));
  });
}

export const ChoiceQuestion = part<Select>("ChoiceQuestion", (node, session) => {
  if (has(node, "image-map")) return imageMap(node, session);
  const found = listWithSearch(node, session);
  return () => {
    const items = itemsOf(node);
    const small = has(node, "minimal") || has(node, "autocomplete") || has(node, "search");
    return small || items.length > MOST_SHOWN ? found() : list(node, session, items);
  };
});

function list(node: Select, session: Session, items: readonly Item[]): VNodeChild {
  const many = manyOf(node);
  const columns = ["columns-2", "columns-3", "columns-4", "columns-5"].find((name) => has(node, name));
  const grid = columns ?? (["columns", "columns-pack", "compact", "horizontal-compact", "horizontal", "quickcompact"].some((name) => has(node, name)) ? "columns-2" : "");
  const likert = has(node, "likert") ? "likert" : "";
  if (items.length === 0) return h("p", { class: "fill-none" }, say("没有可选的项"));
  return h(
    "div",
    { class: ["fill-choices", grid, likert], role: many ? "group" : "radiogroup", ...spokenOf(node, session) },
    [...items.map((item) => choice(node, session, item)), clearing(node, session)],
  );
}

function clearing(node: Select, session: Session): VNodeChild {
  // A radio that was pressed by mistake must be able to be taken back.
  if (manyOf(node) || node.currentState.value.length === 0 || node.currentState.readonly || node.currentState.required) return null;
  return button(say("清除"), () => session.set(node, () => node.selectValue(null)), { class: "quiet small" });
}

function choice(node: Select, session: Session, item: Item, after: () => void = () => undefined): VNodeChild {
  const many = manyOf(node);
  const on = node.currentState.value.includes(item.value);
  return h("label", { key: item.value, class: ["fill-choice", on ? "chosen" : ""] }, [
    h("input", {
      type: many ? "checkbox" : "radio",
      name: idsOf(node).control,
      value: item.value,
      checked: on,
      disabled: node.currentState.readonly,
      onChange: (event: Event) => {
        choose(node, session, item.value, (event.target as HTMLInputElement).checked);
        if (has(node, "quick") || has(node, "quickcompact")) void goOn(event.target as HTMLElement);
        after();
      },
    }),
    h("span", said(item.label, session)),
  ]);
}

/** `quick`: the next question comes into view by itself. */
async function goOn(from: HTMLElement): Promise<void> {
  await nextTick();
  const questions = [...document.querySelectorAll<HTMLElement>(".fill-question")];
  questions[questions.indexOf(from.closest(".fill-question") as HTMLElement) + 1]?.scrollIntoView({ block: "start", behavior: "smooth" });
}

/** A long list: a button that says what is chosen, and a sheet with a field to find another. */
function listWithSearch(node: Select, session: Session): () => VNodeChild {
  const open = ref(false);
  const sought = ref("");
  const texts = computed(() => itemsOf(node).map((item) => `${item.label.asString} ${item.value}`.toLowerCase()));
  const found = computed(() => {
    const words = sought.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
    const items = itemsOf(node);
    return words.length === 0 ? [...items] : items.filter((_, i) => words.every((word) => texts.value[i]?.includes(word)));
  });
  const close = (): void => {
    open.value = false;
    sought.value = "";
    void nextTick(() => document.getElementById(idsOf(node).control)?.focus());
  };
  const sheet = (): VNodeChild =>
    h("dialog", { class: "fill-sheet", onVnodeMounted: ({ el }) => (el as HTMLDialogElement).showModal(), onCancel: close, onClose: close, "aria-labelledby": idsOf(node).label }, [
      h("div", { class: "fill-sheet-head" }, [
        h("input", { type: "search", placeholder: say("查找"), "aria-label": say("查找"), autofocus: true, value: sought.value, onInput: (event: Event) => (sought.value = (event.target as HTMLInputElement).value) }),
        button(say("完成"), close, { class: "strong" }),
      ]),
      h("div", { class: "fill-choices", role: manyOf(node) ? "group" : "radiogroup" }, [
        ...found.value.slice(0, MOST_FOUND).map((item) => choice(node, session, item, manyOf(node) ? undefined : close)),
        clearing(node, session),
      ]),
      found.value.length === 0 ? h("p", { class: "fill-none" }, say("没有找到")) : null,
      found.value.length <= MOST_FOUND ? null : h("p", { class: "fill-none" }, say("共 {count} 项，只列出前 {shown} 项，请输入几个字来查找", { count: found.value.length, shown: MOST_FOUND })),
    ]);
  return () => {
    const chosen = node.currentState.value;
    const label = (one: string): string => node.getValueOption(one)?.label.asString ?? one;
    const text = chosen.length === 0 ? say("选择") : chosen.length < 4 ? chosen.map(label).join("、") : say("已选 {count} 项", { count: chosen.length });
    const ids = idsOf(node);
    return [
      h("button", { id: ids.control, type: "button", class: ["button", "fill-opens", chosen.length === 0 ? "empty" : ""], "aria-haspopup": "dialog", ...spokenOf(node, session), "aria-labelledby": `${ids.label} ${ids.control}`, disabled: node.currentState.readonly, onClick: () => (open.value = true) }, text),
      open.value ? sheet() : null,
    ];
  };
}

// ------------------------------------------------------------------------------------------- on a picture

/** A picture (SVG) whose parts are the choices: a part's id is the choice's name. Below it the same as words. */
function imageMap(node: Select, session: Session): () => VNodeChild {
  const place = ref<HTMLElement | null>(null);
  const paint = (): void => {
    for (const item of itemsOf(node)) {
      place.value?.querySelector(`[id="${CSS.escape(item.value)}"]`)?.classList.toggle("chosen", node.currentState.value.includes(item.value));
    }
  };
  const mounted = async (host: HTMLElement): Promise<void> => {
    const source = node.currentState.label?.imageSource;
    const blob = source === undefined ? undefined : session.form.media[fileOf(source)];
    if (blob === undefined) return;
    const picture = cleanSvg(await blob.text());
    if (picture === null) return;
    host.replaceChildren(picture);
    host.addEventListener("click", (event) => {
      const names = new Set(itemsOf(node).map((item) => item.value));
      const pressed = (event.target as Element).closest("[id]")?.id ?? "";
      if (!names.has(pressed) || node.currentState.readonly) return;
      choose(node, session, pressed, !node.currentState.value.includes(pressed));
    });
    paint();
  };
  return () => {
    void node.currentState.value;
    void nextTick(paint);
    return [
      h("div", { ref: place, class: "fill-map", "aria-hidden": "true", onVnodeMounted: ({ el }) => void mounted(el as HTMLElement) }),
      list(node, session, itemsOf(node)),
    ];
  };
}

/** The picture without anything that runs or fetches; null when it is no SVG. */
export function cleanSvg(text: string): Element | null {
  // Handlers go before it is parsed: the policy would report each of them. What is left of them goes below.
  const quiet = text.replace(/\son\w+\s*=\s*("[^"]*"|'[^']*')/gi, "");
  const parsed = new DOMParser().parseFromString(quiet, "image/svg+xml");
  if (parsed.querySelector("parsererror") !== null || parsed.documentElement.localName !== "svg") return null;
  for (const node of [...parsed.querySelectorAll("*")]) {
    if (["script", "foreignObject", "style", "iframe", "a", "use", "animate", "set"].includes(node.localName)) node.remove();
    for (const { name, value } of [...node.attributes]) {
      const outside = /(^|:)href$/.test(name) && !/^(#|data:image\/)/.test(value);
      if (name.startsWith("on") || name === "style" || outside) node.removeAttribute(name);
    }
  }
  return document.importNode(parsed.documentElement, true);
}

// ---------------------------------------------------------------------------------------------- in an order

export const RankQuestion = part<RankNode & AnyNode>("RankQuestion", (node, session) => () => {
  const items = itemsOf(node);
  const ranked = node.currentState.value.length > 0;
  const order = ranked ? node.currentState.value : items.map((item) => item.value);
  const move = (at: number, by: number): void => {
    const next = [...order];
    const [one] = next.splice(at, 1);
    if (one === undefined) return;
    next.splice(at + by, 0, one);
    session.set(node, () => node.setValues(next));
  };
  const off = node.currentState.readonly;
  return [
    h("ol", { class: ["fill-rank", ranked ? "" : "empty"], ...spokenOf(node, session) }, order.map((one, at) => {
      const label = items.find((item) => item.value === one)?.label;
      const name = label?.asString ?? one;
      return h("li", { key: one }, [
        h("span", label === undefined ? one : said(label, session)),
        button("↑", () => move(at, -1), { class: "small", disabled: off || at === 0, label: `${say("上移")} ${name}` }),
        button("↓", () => move(at, 1), { class: "small", disabled: off || at === order.length - 1, label: `${say("下移")} ${name}` }),
      ]);
    })),
    ranked
      ? off ? null : button(say("清除"), () => session.set(node, () => node.setValues([])), { class: "quiet small" })
      : h("div", { class: "fill-row" }, [
          h("span", { class: "fill-none" }, say("还没有排定次序")),
          button(say("就按这个次序"), () => session.set(node, () => node.setValues(order)), { disabled: off }),
        ]),
  ];
});
