/** What every question of the filling page is made of: its words, its pictures, its faults. */
import type { MarkdownNode, TextRange } from "@getodk/xforms-engine";
import { defineComponent, h, inject, type Component, type PropType, type VNode, type VNodeChild } from "vue";
import { fileOf } from "./fill-engine";
import { SESSION, type Session } from "./fill-session";
import { say } from "./fill-words";

export interface LeafState {
  reference: string;
  relevant: boolean;
  required: boolean;
  readonly: boolean;
  label: Words | null;
  hint: Words | null;
}

/** What a part needs of a node; each part takes the engine's own node type. */
export interface AnyNode {
  nodeId: string;
  nodeType: string;
  currentState: LeafState;
}

export type Words = Pick<TextRange<"label">, "asString" | "formatted" | "imageSource" | "audioSource" | "videoSource">;

/** A component over one node of the engine; the node never changes, its state does. */
export function part<N extends object>(name: string, setup: (node: N, session: Session) => () => VNodeChild): Component {
  return defineComponent({
    name,
    props: { node: { type: Object as PropType<N>, required: true } },
    setup(props) {
      const session = inject(SESSION);
      if (session === undefined) throw new Error("no session");
      return setup(props.node as N, session);
    },
  });
}

/** The words of a label, a hint or a choice, with what belongs to them. */
export function said(words: Words | null, session: Session): VNodeChild[] {
  if (words === null) return [];
  // “-” is what the compiler puts where a translation is missing.
  const shown: VNodeChild[] = words.asString.trim() === "-" ? [] : formatted(words.formatted);
  const image = words.imageSource && session.address(fileOf(words.imageSource));
  const audio = words.audioSource && session.address(fileOf(words.audioSource));
  const video = words.videoSource && session.address(fileOf(words.videoSource));
  if (image) shown.push(h("img", { class: "fill-picture", src: image, alt: words.asString || say("图") }));
  if (audio) shown.push(h("audio", { class: "fill-sound", src: audio, controls: true, preload: "metadata", "aria-label": say("听") }));
  if (video) shown.push(h("video", { class: "fill-film", src: video, controls: true, preload: "metadata", playsinline: true }));
  return shown;
}

const ELEMENTS = new Set(["h1", "h2", "h3", "h4", "h5", "h6", "a", "br", "div", "em", "li", "ol", "p", "span", "strong", "u", "ul"]);

function formatted(nodes: readonly MarkdownNode[]): VNodeChild[] {
  return nodes.map((node): VNodeChild => {
    if (node.role === "child") return node.value;
    if (node.role === "line-break") return h("br");
    // Markup of a form's author is shown as its text: no foreign element ever stands in the page.
    if (node.role === "html") return new DOMParser().parseFromString(node.unsafeHtml, "text/html").body.textContent;
    const more = node as { url?: string; properties?: { style?: Record<string, string | undefined> } };
    // Headings of a label are below those of the page.
    const tag = /^h\d$/.test(node.elementName) ? "strong" : ELEMENTS.has(node.elementName) ? node.elementName : "span";
    const within = formatted(node.children);
    if (tag === "a") {
      return /^https?:\/\//.test(more.url ?? "") ? h("a", { href: more.url, target: "_blank", rel: "noreferrer noopener" }, within) : h("span", within);
    }
    return more.properties?.style === undefined ? h(tag, within) : h(tag, { style: more.properties.style }, within);
  });
}

export interface ButtonExtras {
  class?: string;
  disabled?: boolean;
  label?: string;
  pressed?: boolean;
}

export function button(text: string, press: () => unknown, extras: ButtonExtras = {}): VNode {
  return h(
    "button",
    {
      type: "button",
      class: ["button", extras.class],
      disabled: extras.disabled ?? false,
      ...(extras.label === undefined ? {} : { "aria-label": extras.label }),
      ...(extras.pressed === undefined ? {} : { "aria-pressed": String(extras.pressed) }),
      onClick: () => void press(),
    },
    text,
  );
}

/** Ids under which a question's parts find each other. */
export function idsOf(node: { nodeId: string }): { question: string; label: string; control: string; fault: string } {
  const id = `q-${node.nodeId.replace(/[^\w-]/g, "-")}`;
  return { question: id, label: `${id}-label`, control: `${id}-control`, fault: `${id}-fault` };
}

/** Attributes every control carries for those who listen. */
export function spokenOf(node: AnyNode & { validationState?: unknown }, session: Session): Record<string, string> {
  const ids = idsOf(node);
  const fault = faultOf(node, session) !== "" || session.markOf(node) !== undefined;
  return {
    "aria-labelledby": ids.label,
    ...(node.currentState.required ? { "aria-required": "true" } : {}),
    ...(fault ? { "aria-describedby": ids.fault } : {}),
    ...(faultOf(node, session) !== "" ? { "aria-invalid": "true" } : {}),
  };
}

interface Faulty {
  violation: { condition: "constraint" | "required"; message: { asString: string } | null } | null;
}

/** What is wrong with an answer, as soon as it may be said; "" when nothing. */
export function faultOf(node: AnyNode & { validationState?: unknown }, session: Session): string {
  const violation = (node.validationState as Faulty | undefined)?.violation ?? null;
  if (violation === null) return "";
  const due = session.standing.tried || (violation.condition === "constraint" && session.touched.has(node.nodeId));
  if (!due) return "";
  const own = violation.message?.asString ?? "";
  return own || (violation.condition === "required" ? say("此项必填") : say("填写的内容不符合要求，请核对"));
}

/** Whether an appearance was asked for. */
export function has(node: { appearances?: unknown }, name: string): boolean {
  const asked = node.appearances as Iterable<string> | null | undefined;
  if (asked === null || asked === undefined) return false;
  for (const one of asked) if (one === name || one.startsWith(`${name}(`)) return true;
  return false;
}
