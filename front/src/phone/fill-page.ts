/** The page around the questions: what is to be said first, the questions, and the bar that keeps and submits. */
import type { FormLanguage } from "@getodk/xforms-engine";
import { computed, defineComponent, h, nextTick, provide, type VNodeChild } from "vue";
import { clockTime, inEnglish } from "../words";
import { button } from "./fill-parts";
import { SESSION, type Session } from "./fill-session";
import { goTo, Questions } from "./fill-tree";
import { say } from "./fill-words";

export interface Told {
  /** Somebody pressed 存草稿: everything is on the disk. */
  kept(): void;
  /** It is in the outbox under this id. */
  sent(id: string): void;
  /** Another draft of the same form that stands unsubmitted. */
  other: { savedAt: number; open(): void } | null;
  dueAt: string;
}

export function pageOf(session: Session, told: Told): ReturnType<typeof defineComponent> {
  return defineComponent({
    name: "FillPage",
    setup() {
      provide(SESSION, session);
      const violations = computed(() => session.root.validationState.violations.length);
      const submit = async (): Promise<void> => {
        session.standing.tried = true;
        if (violations.value > 0) {
          await nextTick();
          goTo(document.querySelector(".fill-question.bad"));
          return;
        }
        session.standing.trouble = "";
        try {
          told.sent(await session.send());
        } catch (reason) {
          session.standing.trouble = reason instanceof Error ? reason.name : "Error";
        }
      };
      const keep = async (): Promise<void> => {
        await session.keep();
        if (session.standing.trouble === "") told.kept();
      };
      return () => [
        head(session),
        before(session, told),
        h("div", { class: "fill-questions", onInput: () => session.changed(), onChange: () => session.changed() }, [h(Questions, { node: session.root })]),
        h("footer", { class: "fill-bar" }, [
          h("p", { class: ["fill-kept", session.standing.trouble === "" ? "" : "bad"], role: "status" }, standing(session, violations.value)),
          h("div", { class: "fill-row" }, [
            button(say("存草稿"), keep, { disabled: session.standing.busy }),
            button(session.standing.busy ? say("正在放入发件箱…") : say("提交"), submit, { class: "strong", disabled: session.standing.busy }),
          ]),
        ]),
      ];
    },
  });
}

function head(session: Session): VNodeChild {
  const languages = session.root.languages.filter((one): one is FormLanguage => one.isSyntheticDefault !== true);
  const change = (event: Event): void => {
    const wanted = languages.find((one) => one.language === (event.target as HTMLSelectElement).value);
    if (wanted !== undefined) session.root.setLanguage(wanted);
  };
  const now = session.root.currentState.activeLanguage.language;
  return h("header", { class: "fill-head" }, [
    h("h2", session.form.name),
    languages.length < 2
      ? null
      : h("label", { class: "fill-language" }, [
          h("span", { class: "visually-hidden" }, say("语言")),
          h("select", { value: now, onChange: change }, languages.map((one) => h("option", { value: one.language }, one.language))),
        ]),
  ]);
}

function before(session: Session, told: Told): VNodeChild {
  const { returned, problem } = session.draft;
  const show = session.marks.size === 0 ? null : button(say("看标出的题"), () => goTo(document.querySelector(".fill-question.marked")), { class: "small" });
  if (problem !== undefined) {
    return h("section", { class: "fill-note bad", role: "alert" }, [h("strong", say("没有被接受")), h("p", problem.message), problem.next === "" ? null : h("p", problem.next), show]);
  }
  if (returned !== undefined) {
    return h("section", { class: "fill-note warn" }, [
      h("strong", say("退回修改")),
      h("p", returned.reason),
      told.dueAt === "" ? null : h("p", say("期限 {time}", { time: moment(told.dueAt) })),
      show,
    ]);
  }
  if (told.other === null || session.standing.savedAt > 0) return null;
  const { savedAt, open } = told.other;
  return h("section", { class: "fill-note" }, [h("p", say("有一份没有提交的草稿，{time} 保存。", { time: moment(savedAt) })), button(say("接着填"), open, { class: "small" })]);
}

function standing(session: Session, violations: number): string {
  const { trouble, tried, savedAt } = session.standing;
  if (trouble !== "") return trouble === "NoRoom" ? say("手机存储已满，刚才填的还没有保存。请先发送或删除一些照片。") : say("没有保存成功，请不要关闭本页。");
  if (tried && violations > 0) return say("有 {count} 题需要改正，从第一题看起", { count: violations });
  if (!session.store.durable) return say("这个浏览器关闭后不保留草稿，请在提交前不要关闭本页。");
  return savedAt === 0 ? say("还没有填写") : say("已保存在本机 {time}", { time: clockTime(new Date(savedAt)) });
}

export function moment(at: string | number): string {
  const date = new Date(at);
  return `${date.toLocaleDateString(inEnglish() ? "en-GB" : "zh-CN")} ${clockTime(date).slice(0, 5)}`;
}
