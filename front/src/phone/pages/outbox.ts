/** The outbox: everything in the order in which it goes, with its receipt or with what stands against it. */
import type { OutboxItem, Store } from "../store";
import { button, chip, empty, facts, live, make, toast, type Page } from "../ui";
import { isVisit, visitOf } from "../visit-draft";
import { momentText, phoneText, say, spanText } from "../words";
import { work } from "../work";

export const outbox: Page = async (place, _parameters, store) =>
  live(["outbox"], async () => {
    const items = await store.outbox();
    if (items.length === 0) {
      place.replaceChildren(empty(say("发件箱是空的。填报、摸排、上报都先放在这里，有信号就按顺序发出。")));
      return;
    }
    const waiting = items.filter((item) => item.state !== "sent");
    const sent = items.filter((item) => item.state === "sent").sort((one, other) => other.sentAt - one.sentAt);
    const list = (rows: readonly OutboxItem[]): HTMLElement => {
      const made = make("ol", { class: "items plain" });
      for (const item of rows) made.append(line(store, item, items));
      return made;
    };
    place.replaceChildren(
      waiting.some((item) => item.state === "waiting") ? button(say("马上重试"), () => work(), "button wide") : "",
      waiting.length > 0 ? list(waiting) : make("p", { class: "note good" }, say("全部已发送")),
      ...(sent.length > 0 ? [make("h2", {}, `${say("已发送")} ${sent.length}`), list(sent.slice(0, 200)), make("p", { class: "muted" }, say("30 天前发出的会自动清除。"))] : []),
    );
  });

function line(store: Store, item: OutboxItem, items: readonly OutboxItem[]): HTMLElement {
  const [tone, word] = ({ waiting: ["waiting", say("待发送")], sending: ["going", say("正在发送")], sent: ["done", say("已发送")], refused: ["late", say("未通过")] } as const)[item.state];
  const before = item.after === "" ? undefined : items.find((other) => other.id === item.after && other.state !== "sent");
  const buttons = make("div", { class: "buttons" });
  if (item.state === "refused") {
    if (item.kind === "form" || item.draft !== undefined) buttons.append(button(say("改正后再发"), () => mend(store, item), "button strong"));
    buttons.append(button(say("重试"), () => store.retry(item.id).then(() => work())), button(say("放弃这一条"), () => giveUp(store, item), "button quiet"));
  } else if (item.state === "waiting" && item.tries === 0) buttons.append(button(say("撤回"), () => giveUp(store, item), "button quiet"));
  return make(
    "li",
    { class: "item", "data-id": item.id, "data-state": item.state },
    make("span", { class: "item-title" }, item.title),
    make("p", { class: "item-line" }, chip(tone, word), " ", say("填写于 {time}", { time: phoneText(item.at) }), item.files.length > 0 ? ` · ${say("{count} 张照片", { count: item.files.length })}` : "",
      item.state === "waiting" && item.tries > 0 ? ` · ${say("已试 {count} 次", { count: item.tries })}` : ""),
    before === undefined ? null : make("p", { class: "item-line" }, say("等前一条“{title}”发出后再发", { title: before.title })),
    item.problem === undefined ? null : make("div", { class: "note bad" }, make("p", {}, item.problem.message), item.problem.next === "" ? null : make("p", {}, item.problem.next),
      item.kind === "form" || item.problem.questions.length === 0 ? null : make("p", {}, say("涉及：{questions}", { questions: item.problem.questions.join("、") }))),
    item.receipt === undefined ? null : receipt(item),
    buttons.childElementCount > 0 ? buttons : null,
  );
}

function receipt(item: OutboxItem): HTMLElement {
  const kept = item.receipt;
  if (kept === undefined) return make("p");
  const wrong = Math.abs(kept.skew) >= 120;
  return make(
    "div",
    { class: "receipt" },
    kept.sentence === "" ? null : make("p", {}, kept.sentence),
    facts([[say("回执 {number}", { number: "" }).trim(), kept.number], [say("已发送"), momentText(kept.at)]]),
    wrong ? make("p", { class: "hint" }, say("手机时钟比服务器{how}{amount}，已按服务器时间登记。", { how: kept.skew > 0 ? say("慢") : say("快"), amount: spanText(kept.skew) })) : null,
  );
}

async function mend(store: Store, item: OutboxItem): Promise<void> {
  const draft = await store.withdrawRefused(item.id);
  if (draft === undefined) return;
  if (isVisit(draft)) location.hash = `#/visits/${visitOf(draft)}`;
  else location.hash = draft.returned !== undefined ? `#/returns/${draft.returned.id}` : `#/fill/${encodeURIComponent(`${draft.campaign}/${draft.form}`)}/${draft.id}`;
}

async function giveUp(store: Store, item: OutboxItem): Promise<void> {
  // What was made from a draft goes back to it, so that nothing entered is lost.
  if (item.kind === "act" && item.state === "waiting" && item.draft !== undefined) return mend(store, item);
  const taken = await store.withdraw(item.id);
  if (taken === undefined) toast(say("已经发出，不能撤回。"));
  else toast(say("已放弃"), { action: say("撤回"), press: () => store.putBack(taken).then(() => work()) });
}
