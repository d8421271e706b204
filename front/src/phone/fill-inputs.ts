/** Questions answered by typing or by one touch: text, numbers, days and times, yes, a scale. */
import type { AnyInputNode, AnyRangeNode, TriggerNode } from "@getodk/xforms-engine";
import { h, ref, type VNodeChild } from "vue";
import { button, has, idsOf, part, spokenOf, type AnyNode } from "./fill-parts";
import type { Session } from "./fill-session";
import { say } from "./fill-words";

type Input = AnyInputNode & AnyNode;
type Text = { setValue(value: string): unknown };

const value = (event: Event): string => (event.target as HTMLInputElement).value;

function common(node: Input, session: Session): Record<string, unknown> {
  return { id: idsOf(node).control, ...spokenOf(node, session), disabled: node.currentState.readonly };
}

export const TextQuestion = part<Input>("TextQuestion", (node, session) => () => {
  const set = (event: Event): void => session.set(node, () => (node as unknown as Text).setValue(value(event)));
  const attributes = { ...common(node, session), value: String(node.currentState.value ?? ""), onInput: set };
  const rows = (node.nodeOptions as { rows?: number | null } | null)?.rows ?? null;
  if (has(node, "multiline") || (rows !== null && rows > 1)) return h("textarea", { ...attributes, rows: rows ?? 4 });
  if (has(node, "url")) {
    const address = String(node.currentState.value ?? "");
    return /^https?:\/\//.test(address) ? h("a", { href: address, target: "_blank", rel: "noreferrer noopener" }, address) : h("span", address);
  }
  const keyboard = has(node, "numbers") ? { inputmode: "numeric" } : {};
  return h("input", { type: has(node, "masked") ? "password" : "text", autocomplete: "off", ...keyboard, ...attributes });
});

/** Full-width digits of a Chinese keyboard are digits too. */
export function plainNumber(text: string): string {
  return text
    .replace(/[\uff10-\uff19]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/[\uff0e\u3002]/g, ".")
    .replace(/[\uff0d\u2212]/g, "-")
    .replace(/[\s,\uff0c]/g, "");
}

export const NumberQuestion = part<Input>("NumberQuestion", (node, session) => {
  const whole = node.valueType === "int";
  const typed = ref<string | null>(null); // what stands in the field while it is no number yet
  const wrong = ref("");
  const set = (event: Event): void => {
    const text = plainNumber(value(event));
    const good = text === "" || (whole ? /^-?\d{1,10}$/ : /^-?(\d+(\.\d*)?|\.\d+)$/).test(text);
    typed.value = value(event);
    wrong.value = good || text === "-" ? "" : whole ? say("请填写整数") : say("请填写数字");
    session.set(node, () => (node as unknown as Text).setValue(good ? text : ""));
  };
  const shown = (): string => (node.currentState.value === null ? "" : String(node.currentState.value));
  const leave = (): void => {
    if (wrong.value === "") typed.value = null; // from now on the engine's own writing (calculations may change it)
  };
  return () => [
    h("input", {
      ...common(node, session),
      type: "text",
      inputmode: whole ? "numeric" : "decimal",
      autocomplete: "off",
      class: "fill-number",
      value: typed.value ?? shown(),
      onInput: set,
      onBlur: leave,
    }),
    wrong.value === "" ? null : h("p", { class: "fill-fault", role: "alert" }, wrong.value),
  ];
});

type Kind = "date" | "time" | "datetime-local" | "month" | "year";

function kindOf(node: Input): Kind {
  if (node.valueType === "time") return "time";
  if (node.valueType === "dateTime") return "datetime-local";
  return has(node, "year") ? "year" : has(node, "month-year") ? "month" : "date";
}

/** What the browser's own field shows of an answer: "2021-09-16", "09:30", "2021-09-16T09:30". */
export function forField(kind: Kind, answer: string): string {
  const lengths: Record<Kind, number> = { date: 10, time: 5, "datetime-local": 16, month: 7, year: 4 };
  return answer.slice(0, lengths[kind]);
}

/** What is kept of a field: times carry the phone's offset, as forms in phones always have. */
export function forAnswer(kind: Kind, field: string, at = new Date()): string {
  if (field === "") return "";
  if (kind === "month") return `${field}-01`;
  if (kind === "year") return `${field}-01-01`;
  if (kind === "date") return field;
  const moment = kind === "datetime-local" ? new Date(field) : at;
  const seconds = field.length > (kind === "time" ? 5 : 16) ? "" : ":00";
  return `${field}${seconds}.000${offset(moment)}`;
}

function offset(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  const two = (n: number): string => String(Math.floor(Math.abs(n))).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}

export const DayQuestion = part<Input>("DayQuestion", (node, session) => {
  const kind = kindOf(node);
  const typed = ref<string | null>(null);
  const set = (field: string): void => {
    const done = kind !== "year" || /^\d{4}$/.test(plainNumber(field));
    typed.value = kind === "year" && !done ? field : null;
    if (done || field === "") {
      session.set(node, () => (node as unknown as Text).setValue(forAnswer(kind, kind === "year" ? plainNumber(field) : field)));
    }
  };
  return () => {
    const answer = node.currentState.value === null ? "" : String(node.currentState.value);
    const field = typed.value ?? forField(kind, answer);
    const attributes = { ...common(node, session), value: field };
    const input =
      kind === "year"
        ? h("input", { ...attributes, type: "text", inputmode: "numeric", maxlength: 4, class: "fill-number", onInput: (e: Event) => set(value(e)) })
        : h("input", { ...attributes, type: kind, class: "fill-day", onChange: (e: Event) => set(value(e)) });
    return [
      h("div", { class: "fill-row" }, [
        input,
        answer === "" || node.currentState.readonly ? null : button(say("清除"), () => set(""), { class: "quiet" }),
      ]),
      typed.value === null ? null : h("p", { class: "fill-fault" }, say("请填写年份，例如 2021")),
    ];
  };
});

export const YesQuestion = part<TriggerNode & AnyNode>("YesQuestion", (node, session) => () => {
  const ids = idsOf(node);
  return h("label", { class: ["fill-choice", node.currentState.value ? "chosen" : ""] }, [
    h("input", {
      id: ids.control,
      type: "checkbox",
      ...spokenOf(node, session),
      checked: Boolean(node.currentState.value),
      disabled: node.currentState.readonly,
      onChange: (event: Event) => session.set(node, () => node.setValue((event.target as HTMLInputElement).checked)),
    }),
    h("span", say("确认")),
  ]);
});

// -------------------------------------------------------------------------------------------------- a scale

type Range = AnyRangeNode & AnyNode;

interface Steps {
  start: number;
  end: number;
  step: number;
  values: string[];
}

function stepsOf(node: Range): Steps {
  const { start, end, step } = node.definition.bounds as unknown as Record<"start" | "end" | "step", number | bigint>;
  const [low, high, by] = [Number(start), Number(end), Math.abs(Number(step)) || 1];
  const count = Math.min(Math.floor(Math.abs(high - low) / by + 1e-9), 1000);
  const places = Math.max(...[start, end, step].map((n) => String(n).split(".")[1]?.length ?? 0));
  const values = Array.from({ length: count + 1 }, (_, i) => (low + (high < low ? -1 : 1) * i * by).toFixed(places));
  return { start: low, end: high, step: by, values };
}

export const RangeQuestion = part<Range>("RangeQuestion", (node, session) => {
  const steps = stepsOf(node);
  const set = (text: string): void => session.set(node, () => (node as unknown as Text).setValue(text));
  const current = (): string => {
    const at = node.currentState.value;
    return at === null ? "" : (steps.values.find((one) => Number(one) === Number(at)) ?? String(at));
  };
  const clear = (): VNodeChild =>
    current() === "" || node.currentState.readonly ? null : button(say("清除"), () => set(""), { class: "quiet" });
  if (has(node, "rating")) return () => [stars(node, session, steps, current(), set), clear()];
  if (has(node, "picker")) {
    return () =>
      h(
        "select",
        { ...common(node as unknown as Input, session), value: current(), onChange: (event: Event) => set(value(event)) },
        [h("option", { value: "" }, say("还没有选")), ...steps.values.map((one) => h("option", { value: one }, one))],
      );
  }
  return () => slider(node, session, steps, current(), set, clear());
});

function stars(node: Range, session: Session, steps: Steps, current: string, set: (text: string) => void): VNodeChild {
  return h(
    "div",
    { class: "fill-stars", role: "radiogroup", ...spokenOf(node, session) },
    steps.values
      .filter((one) => Number(one) > 0)
      .map((one) => {
        const lit = current !== "" && Number(one) <= Number(current);
        return h(
          "button",
          {
            type: "button",
            role: "radio",
            class: lit ? "lit" : "",
            "aria-checked": String(one === current),
            "aria-label": say("{n} 星", { n: one }),
            disabled: node.currentState.readonly,
            onClick: () => set(one === current ? "" : one),
          },
          lit ? "★" : "☆",
        );
      }),
  );
}

function slider(node: Range, session: Session, steps: Steps, current: string, set: (text: string) => void, clear: VNodeChild): VNodeChild {
  const last = steps.values.length - 1;
  const at = steps.values.indexOf(current);
  const ticks = has(node, "no-ticks") || last > 20 ? null : h("div", { class: "fill-ticks", "aria-hidden": "true" }, steps.values.map(() => h("i")));
  return h("div", { class: ["fill-range", current === "" ? "empty" : "", has(node, "vertical") ? "vertical" : ""] }, [
    h("output", { for: idsOf(node).control }, current === "" ? say("拖动滑块选择") : current),
    h("input", {
      ...common(node as unknown as Input, session),
      type: "range",
      min: 0,
      max: last,
      step: 1,
      value: at < 0 ? Math.floor(last / 2) : at,
      "aria-valuetext": current || say("还没有选"),
      onInput: (event: Event) => set(steps.values[Number(value(event))] ?? ""),
      // A touch on the middle, where the knob of an unanswered question stands, is an answer as well.
      onClick: (event: Event) => (current === "" ? set(steps.values[Number(value(event))] ?? "") : undefined),
    }),
    ticks,
    h("div", { class: "fill-ends", "aria-hidden": "true" }, [h("span", steps.values[0]), h("span", steps.values[last])]),
    clear,
  ]);
}

export const NoteText = part<Input>("NoteText", (node) => () => {
  const answer = (node as unknown as { currentState: { value: unknown } }).currentState.value;
  const text = answer === null || answer === undefined ? "" : String(answer);
  return text === "" || text === node.currentState.label?.asString ? null : h("p", { class: "fill-value" }, text);
});

