/** The questions of a form in their order: groups, repeats, and each question with its words, its control, its fault. */
import type {
  AnyInputNode,
  GeneralChildNode,
  GroupNode,
  RepeatInstanceNode,
  RepeatRangeNode,
  RepeatRangeUncontrolledNode,
} from "@getodk/xforms-engine";
import { computed, h, inject, ref, watch, type Component, type VNodeChild } from "vue";
import { ChoiceQuestion, RankQuestion } from "./fill-choices";
import { CodeQuestion } from "./fill-code";
import { FileQuestion } from "./fill-files";
import { DayQuestion, NoteText, NumberQuestion, RangeQuestion, TextQuestion, YesQuestion } from "./fill-inputs";
import { button, faultOf, has, idsOf, part, said, type AnyNode } from "./fill-parts";
import { PointQuestion, WayQuestion } from "./fill-places";
import { pathOf, placeOf } from "./fill-engine";
import { SESSION } from "./fill-session";
import { say } from "./fill-words";

/** More instances than this stand closed, so that fifty households open as quickly as one. */
const MOST_OPEN = 3;

type Child = GeneralChildNode;

export function children(nodes: readonly Child[]): VNodeChild[] {
  return nodes.map((node): VNodeChild => {
    if (node.nodeType === "model-value" || !node.currentState.relevant) return null;
    switch (node.nodeType) {
      case "group":
        return node.currentState.hasRelevantBodyNodes ? h(Group, { key: node.nodeId, node }) : null;
      case "repeat-range:controlled":
      case "repeat-range:uncontrolled":
        return h(Repeat, { key: node.nodeId, node });
      default:
        return h(Question, { key: node.nodeId, node });
    }
  });
}

const Group = part<GroupNode>("Group", (node, session) => () => {
  const label = said(node.currentState.label, session);
  const within = children(node.currentState.children);
  if (label.length === 0) return within;
  const id = idsOf(node).label;
  return h("section", { class: ["fill-group", has(node, "field-list") ? "together" : ""], "aria-labelledby": id }, [h("h3", { id }, label), ...within]);
});

const Repeat = part<RepeatRangeNode>("Repeat", (node, session) => {
  const opened = ref(new Set<string>());
  const open = (): RepeatRangeUncontrolledNode | null => (node.nodeType === "repeat-range:uncontrolled" ? node : null);
  const add = (): void => {
    open()?.addInstances();
    session.changed();
    const last = node.currentState.children.at(-1);
    if (last !== undefined) opened.value.add(last.nodeId);
  };
  const remove = (at: number): void => {
    open()?.removeInstances(at, 1);
    session.changed();
  };
  return () => {
    const instances = node.currentState.children;
    const label = node.currentState.label;
    const id = idsOf(node).label;
    return h("section", { class: "fill-repeat", "aria-labelledby": id }, [
      label === null ? null : h("h3", { id }, said(label, session)),
      ...instances.map((instance, at) =>
        h(Instance, {
          key: instance.nodeId,
          node: instance,
          at,
          closed: instances.length > MOST_OPEN && !opened.value.has(instance.nodeId),
          onRemove: open() === null ? undefined : () => remove(at),
        }),
      ),
      open() === null ? null : button(`＋ ${say("增加")} ${label?.asString ?? ""}`.trim(), add, { class: "fill-add" }),
    ]);
  };
});

const Instance: Component = {
  name: "Instance",
  props: { node: { type: Object, required: true }, at: { type: Number, required: true }, closed: Boolean, onRemove: Function },
  setup(props: { node: RepeatInstanceNode; at: number; closed: boolean; onRemove?: () => void }) {
    const shown = ref(!props.closed);
    const asked = ref(false);
    const session = inject(SESSION);
    const wrong = computed(() => props.node.validationState.violations.length > 0);
    const place = pathOf(props.node.currentState.reference);
    const here = placeOf(props.node.currentState.reference);
    const marked = [...(session?.marks.keys() ?? [])].some((path) => path.startsWith(`${here}/`) || path.startsWith(`${place}/`));
    if (marked) shown.value = true;
    // A question that must be put right is never behind a closed line.
    watch(() => session?.standing.tried === true && wrong.value, (due) => due && (shown.value = true), { flush: "sync" });
    return () => {
      const { node, at } = props;
      const title = `${node.currentState.label?.asString ?? ""} ${at + 1}`.trim();
      const open = shown.value;
      return h("details", { class: "fill-instance", open, onToggle: (event: Event) => (shown.value = (event.target as HTMLDetailsElement).open) }, [
        h("summary", [h("strong", title), open ? null : h("span", { class: ["fill-gist", wrong.value ? "wrong" : ""] }, gist(node))]),
        ...(open ? children(node.currentState.children) : []),
        props.onRemove === undefined || !open
          ? null
          : h("div", { class: "fill-row" }, [
              asked.value
                ? [button(`${say("移除")}？`, () => props.onRemove?.(), { class: "danger small" }), button(say("关闭"), () => (asked.value = false), { class: "quiet small" })]
                : button(say("移除"), () => (asked.value = true), { class: "quiet small", label: `${say("移除")} ${title}` }),
            ]),
      ]);
    };
  },
} as unknown as Component;

/** The first answers of an instance, so that a closed one is told from the next. */
function gist(node: RepeatInstanceNode): string {
  const found: string[] = [];
  const walk = (nodes: readonly Child[]): void => {
    for (const one of nodes) {
      if (found.length === 3) return;
      if (one.nodeType === "group") walk(one.currentState.children);
      else if (one.nodeType === "select") found.push(...one.currentState.value.slice(0, 1).map((value: string) => one.getValueOption(value)?.label.asString ?? value));
      else if (one.nodeType === "input" && one.currentState.instanceValue !== "") found.push(one.currentState.instanceValue);
    }
  };
  walk(node.currentState.children);
  return found.join(" · ");
}

type Leaf = Exclude<Child, GroupNode | RepeatRangeNode>;

const Question = part<Leaf & AnyNode>("Question", (node, session) => {
  const control = controlOf(node);
  const ids = idsOf(node);
  return () => {
    const { label, hint, required } = node.currentState;
    const [fault, mark] = [faultOf(node, session), session.markOf(node)];
    const plain = TYPED.has(node.nodeType) && node.nodeType === "input" && !GROUPED.has((node as AnyInputNode).valueType);
    return h(
      "div",
      {
        id: ids.question,
        class: ["fill-question", fault === "" ? "" : "bad", mark === undefined ? "" : "marked"],
        "data-path": pathOf(node.currentState.reference),
        tabindex: -1,
      },
      [
        h(plain ? "label" : "div", { id: ids.label, class: "fill-label", ...(plain ? { for: ids.control } : {}) }, [
          ...said(label, session),
          required ? h("span", { class: "fill-star", title: say("必填") }, [" *", h("span", { class: "visually-hidden" }, say("必填"))]) : null,
        ]),
        hint === null || hint.asString.trim() === "-" ? null : h("div", { class: "fill-hint" }, said(hint, session)),
        mark === undefined ? null : h("p", { class: "fill-mark" }, [h("strong", `↩ ${session.draft.problem === undefined ? say("退回修改") : say("没有被接受")}`), mark === "" ? "" : `：${mark}`]),
        h(control, { node }),
        fault === "" ? null : h("p", { id: ids.fault, class: "fill-fault" }, fault),
      ],
    );
  };
});

const TYPED = new Set(["input", "range"]);
const GROUPED = new Set(["geopoint", "geotrace", "geoshape"]);

function controlOf(node: Leaf & AnyNode): Component {
  switch (node.nodeType) {
    case "select":
      return ChoiceQuestion;
    case "rank":
      return RankQuestion;
    case "range":
      return RangeQuestion;
    case "trigger":
      return YesQuestion;
    case "upload":
      return FileQuestion;
    case "note":
      return NoteText;
    default:
      return inputOf((node as unknown as AnyInputNode).valueType);
  }
}

function inputOf(type: string): Component {
  switch (type) {
    case "int":
    case "decimal":
      return NumberQuestion;
    case "date":
    case "time":
    case "dateTime":
      return DayQuestion;
    case "geopoint":
      return PointQuestion;
    case "geotrace":
    case "geoshape":
      return WayQuestion;
    case "barcode":
      return CodeQuestion;
    default:
      return TextQuestion;
  }
}

/** Everything below the root, for the page. */
export const Questions = part<{ currentState: { children: readonly Child[] } }>("Questions", (root) => () => children(root.currentState.children));

/** Goes to a question: into view, and the keyboard with it. Opens the repeat it stands in first. */
export function goTo(element: HTMLElement | null): void {
  if (element === null) return;
  element.scrollIntoView({ block: "center" });
  (element.querySelector<HTMLElement>("input:not([disabled]), textarea, select, button") ?? element).focus({ preventScroll: true });
}
