/** One visit: the checklist, what follows, the signature; or nobody was there. Everything is kept on every tap. */
import "../fill.css";
import "../visit.css";
import { spotNow } from "../geo";
import type { OutboxItem, Store } from "../store";
import { button, chip, empty, facts, failed, field, link, make, sheet, toast, type Page } from "../ui";
import { card } from "../visit-card";
import { sentOff, Working } from "../visit-draft";
import { unanswered, type Verdict } from "../visit-rules";
import { Result } from "../visit-result";
import { say } from "../visit-words";
import { momentText } from "../words";
import { nudge } from "../work";
import { whereWords } from "./map";

export const visit: Page = async (place, [id = ""], store) => {
  const item = (await sentOff(store)).get(id);
  const begun = (await store.draft(`visit-${id}`)) !== undefined;
  const work = await Working.open(store, id);
  if (item !== undefined && !begun && item.state !== "refused") {
    place.append(...whatWent(store, item));
    return;
  }
  if (item?.state === "refused" && !begun) {
    place.append(...refused(store, item));
    return;
  }
  if (work === undefined) {
    place.append(empty(say("这一家不在手机里了：可能已由别人查完，或改派给其他小组。"), link("#/visits", say("我的检查"))));
    return;
  }
  page(place, store, work, (await store.draft(`visit-${id}`))?.problem?.message ?? "");
  // What is being typed is kept before the pages are updated.
  return () => (work.said.startedAt > 0 && !gone.has(id) ? work.keep().catch(() => undefined) : undefined);
};

/** Visits that were just put into the outbox: leaving their page makes no draft again. */
const gone = new Set<string>();

function page(place: HTMLElement, store: Store, work: Working, problem: string): void {
  const { row, said } = work;
  gone.delete(row.id);
  const result = new Result(store, work);
  const count = make("span", { role: "status" });
  const changed = (): void => {
    count.textContent = say("已查 {done}/{all}", { done: row.items.length - unanswered(row, said.verdicts).length, all: row.items.length });
    rest.hidden = unanswered(row, said.verdicts).length === 0;
    result.look();
    wrong.textContent = "";
  };
  const cards = row.items.map((each) => card(store, work, each, changed));
  const rest = button(say("其余全部符合"), () => restMet(work, cards, changed), "button small");
  const wrong = make("p", { class: "wrong", role: "alert" });
  const position = make("p", { class: "hint", role: "status" });
  void spotNow().then((found) => (position.textContent = whereWords(found)));
  const finish = button(say("完成检查"), async () => {
    wrong.textContent = result.missing();
    if (wrong.textContent !== "") {
      place.querySelector(".check[data-verdict='']")?.scrollIntoView({ block: "center" });
      return;
    }
    finish.disabled = true;
    gone.add(row.id);
    try {
      done(store, row.name, await work.finish(result.outcome, result.ordered));
    } catch (reason) {
      gone.delete(row.id);
      finish.disabled = false;
      failed(reason);
    }
  }, "button strong wide");
  changed();
  place.append(
    ...headOf(work), problem === "" ? "" : make("p", { class: "note bad" }, say("没有通过："), problem),
    row.items.length === 0 ? make("p", { class: "note" }, say("这一家没有检查表：没有对它有效的规范。可以直接选结果，并写明情况。")) : make("div", { class: "progress" }, count, rest),
    ...cards.map((each) => each.node), result.node, position, wrong, finish,
    make("div", { class: "buttons" }, button(say("未开门"), () => nobody(store, work, "not_open")), button(say("已不在"), () => nobody(store, work, "gone"))),
  );
}

function headOf({ row }: Working): (Node | string)[] {
  return [
    make("h2", { class: "record" }, row.name),
    make("p", {}, row.kind === "look_back" ? chip("returned", say("回头看")) : "", " ", row.shut ? chip("held", say("停业中")) : ""),
    make("p", { class: "muted" }, [row.address, row.industry, row.hours === "" ? "" : say("营业 {hours}", { hours: row.hours }), row.eta === "" ? "" : say("预计 {time}", { time: momentText(row.eta) })].filter((part) => part !== "").join(" · ")),
    row.before === null ? "" : make("p", { class: "note" }, say("回头看：只查上次不符合的项，原通知书 {number}，{time} 前整改。", { number: row.before.number, time: momentText(row.before.due_at) })),
  ];
}

async function restMet(work: Working, cards: readonly { look: () => void }[], changed: () => void): Promise<void> {
  const open = unanswered(work.row, work.said.verdicts);
  const put = async (verdict: Verdict | undefined): Promise<void> => {
    for (const each of open) {
      if (verdict === undefined) delete work.said.verdicts[each.id];
      else work.said.verdicts[each.id] = verdict;
    }
    for (const each of cards) each.look();
    changed();
    await work.keep();
  };
  await put("met");
  toast(say("已把其余 {count} 项记为符合", { count: open.length }), { action: say("撤销"), press: () => put(undefined) });
}

async function nobody(store: Store, work: Working, step: "not_open" | "gone"): Promise<void> {
  const note = await sheet<string>(step === "gone" ? say("已不在") : say("未开门"), (body, close) => {
    const text = make("textarea", { rows: "3", maxlength: "500" });
    const wrong = make("p", { class: "wrong", role: "alert" });
    const usual = step === "gone" ? (["已搬走", "已改作他用"] as const) : (["门关着", "贴了停业通知", "电话无人接"] as const);
    const quick = make("div", { class: "buttons" });
    for (const word of usual) quick.append(button(say(word), () => (text.value = [text.value.trim(), say(word)].filter((part) => part !== "").join("，")), "button small"));
    body.append(quick, field(say("为什么这样记"), text), wrong, button(say("提交"), () => (text.value.trim() === "" ? (wrong.textContent = say("请写明原因。")) : close(text.value.trim())), "button strong wide"));
  });
  if (note === undefined) return;
  gone.add(work.row.id);
  done(store, work.row.name, await work.nobody(step, note));
}

function done(store: Store, name: string, item: OutboxItem): void {
  nudge();
  location.hash = "#/visits";
  toast(say("{name}：检查完成，已放进发件箱。", { name }), { tone: "good", action: say("撤回"), press: () => takeBack(store, item) });
}

/** Undo while it has not been sent: everything entered is a draft again. */
async function takeBack(store: Store, item: OutboxItem): Promise<void> {
  const draft = await store.withdrawRefused(item.id);
  toast(draft === undefined ? say("已经发出，不能撤回。") : say("已撤回，内容还在。"));
  const to = `#/visits/${item.about?.id ?? ""}`;
  if (draft === undefined) return;
  if (location.hash === to) dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = to;
}

function whatWent(store: Store, item: OutboxItem): Node[] {
  const receipt = item.receipt;
  return [
    make("h2", { class: "record" }, item.title),
    make("p", { class: "note good" }, receipt?.sentence ?? (item.state === "sent" ? say("已检查，已发送。") : say("已检查，待发送。"))),
    receipt === undefined ? "" : facts([[say("查看发件箱"), receipt.number]]),
    make("div", { class: "buttons" }, item.state === "waiting" && item.tries === 0 ? button(say("撤回修改"), () => takeBack(store, item)) : "", link("#/outbox", say("查看发件箱"))),
  ].filter((part): part is HTMLElement => part !== "");
}

function refused(store: Store, item: OutboxItem): Node[] {
  return [
    make("h2", { class: "record" }, item.title),
    make("div", { class: "note bad" }, make("p", {}, item.problem?.message ?? ""), make("p", {}, item.problem?.next ?? "")),
    make("div", { class: "buttons" }, button(say("改正后再发"), () => takeBack(store, item), "button strong"), link("#/outbox", say("查看发件箱"))),
  ];
}
