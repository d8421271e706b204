/** A question answered with a code: scanned, or typed where there is no camera. */
import type { AnyInputNode } from "@getodk/xforms-engine";
import { h } from "vue";
import { button, idsOf, part, spokenOf, type AnyNode } from "./fill-parts";
import { scanCode } from "./fill-scan";
import { say } from "./fill-words";

type Code = AnyInputNode & AnyNode;

export const CodeQuestion = part<Code>("CodeQuestion", (node, session) => {
  const set = (text: string): void => session.set(node, () => (node as unknown as { setValue(text: string): unknown }).setValue(text));
  const scan = async (): Promise<void> => {
    const text = await scanCode();
    if (text !== null) set(text);
  };
  return () =>
    h("div", { class: "fill-row" }, [
      h("input", {
        id: idsOf(node).control,
        type: "text",
        autocomplete: "off",
        ...spokenOf(node, session),
        placeholder: say("条码内容"),
        value: String(node.currentState.value ?? ""),
        disabled: node.currentState.readonly,
        onInput: (event: Event) => set((event.target as HTMLInputElement).value),
      }),
      node.currentState.readonly ? null : button(say("扫码"), scan),
    ]);
});
