/** My round: the visits of my teams in the order of the plan, where they lie, and which is next. */
import "../visit.css";
import type { OutboxItem } from "../store";
import { chip, empty, item, link, live, make, type Page } from "../ui";
import { sentOff } from "../visit-draft";
import { byPlan, type VisitRow } from "../visit-rules";
import { say } from "../visit-words";
import { dayText, momentText, officeNow } from "../words";

const SVG = "http://www.w3.org/2000/svg";

export const visits: Page = async (place, _parameters, store) =>
  live(["rows", "outbox", "drafts"], async () => {
    const rows = (await store.rows<VisitRow>("visits")).sort(byPlan);
    const sent = await sentOff(store);
    if (rows.length === 0) {
      place.replaceChildren(empty(say("没有待检查的点位。任务派到您的小组后会出现在这里。")));
      return;
    }
    const begun = new Set((await store.drafts()).map((draft) => draft.id));
    const isDone = (row: VisitRow): boolean => ![undefined, "refused"].includes(sent.get(row.id)?.state);
    const next = rows.find((row) => !isDone(row));
    const done = rows.filter(isDone).length;
    place.replaceChildren(
      make("p", { class: "lead" }, next === undefined ? say("今天的都查完了。") : say("已查 {done} 家，还有 {left} 家", { done, left: rows.length - done })),
      next === undefined ? "" : nextCard(next),
      sketch(rows.filter((row) => groupOf(row) === groupOf(next ?? rows[0])), isDone, next) ?? "",
    );
    let group = "";
    let list = make("ol", { class: "items" });
    for (const row of rows) {
      if (groupOf(row) !== group) {
        group = groupOf(row);
        list = make("ol", { class: "items" });
        place.append(make("h2", {}, group), list);
      }
      list.append(line(row, sent.get(row.id), begun.has(`visit-${row.id}`)));
    }
  });

function groupOf(row: VisitRow | undefined): string {
  return row === undefined ? "" : [row.round_name, row.team, row.on_day === "" ? "" : dayText(row.on_day)].filter((part) => part !== "").join(" · ");
}

function whenOf(row: VisitRow): string {
  return [
    row.seq === null ? "" : say("第{number}站", { number: row.seq }),
    row.eta === "" ? "" : say("预计 {time}", { time: momentText(row.eta) }),
    row.due_at === "" ? "" : say("到 {time} 前", { time: momentText(row.due_at) }),
  ].filter((part) => part !== "").join(" · ");
}

function nextCard(row: VisitRow): HTMLElement {
  const made = link(`#/visits/${row.id}`, make("span", {}, say("下一家")), make("strong", {}, row.name), make("span", { class: "item-line" }, row.address), make("span", { class: "item-line" }, whenOf(row)));
  made.classList.add("next");
  return made;
}

function line(row: VisitRow, sent: OutboxItem | undefined, begun: boolean): HTMLElement {
  const late = row.due_at !== "" && Date.parse(row.due_at) < officeNow().getTime();
  const made = item(
    `#/visits/${row.id}`, row.name, [row.address, [whenOf(row), row.hours === "" ? "" : say("营业 {hours}", { hours: row.hours })].filter((part) => part !== "").join(" · ")],
    row.kind === "look_back" ? chip("returned", say("回头看")) : null,
    sent === undefined ? null : sent.state === "refused" ? chip("late", say("未通过")) : sent.state === "sent" ? null : chip("going", say("待发送")),
    begun || (row.status === "started" && sent === undefined) ? chip("going", say("检查中")) : null,
    late && sent === undefined ? chip("late", say("已逾期")) : null,
    row.shut ? chip("held", say("停业中")) : null,
  );
  made.dataset["id"] = row.id;
  return made;
}

/** The stops as they lie to each other, joined in their order. Nothing for fewer than two known points. */
function sketch(rows: readonly VisitRow[], isDone: (row: VisitRow) => boolean, next: VisitRow | undefined): HTMLElement | null {
  const known = rows.filter((row) => row.lon !== null && row.lat !== null);
  if (known.length < 2) return null;
  const wide = Math.cos(((known[0]?.lat ?? 0) * Math.PI) / 180);
  const at = known.map((row) => ({ row, x: (row.lon ?? 0) * wide, y: -(row.lat ?? 0) }));
  const [left, top] = [Math.min(...at.map((each) => each.x)), Math.min(...at.map((each) => each.y))];
  const [width, height] = [Math.max(...at.map((each) => each.x)) - left, Math.max(...at.map((each) => each.y)) - top];
  const scale = Math.min(326 / Math.max(width, 1e-9), 176 / Math.max(height, 1e-9));
  if (!Number.isFinite(scale) || width + height < 1e-7) return null;
  const to = (x: number, y: number): [number, number] => [(x - left - width / 2) * scale + 179, (y - top - height / 2) * scale + 104];
  const svg = draw("svg", { viewBox: "0 0 358 208", role: "img", "aria-label": say("路线示意，{count} 站；下方列表内容相同", { count: known.length }) });
  svg.append(draw("polyline", { points: at.map(({ x, y }) => to(x, y).map((n) => n.toFixed(1)).join(",")).join(" ") }));
  for (const [index, { row, x, y }] of at.entries()) {
    const [cx, cy] = to(x, y);
    const stop = draw("g", { class: row === next ? "next-stop" : isDone(row) ? "done" : "" });
    const number = draw("text", { x: cx, y: cy });
    number.textContent = String(row.seq ?? index + 1);
    stop.append(draw("circle", { cx, cy, r: 11 }), number);
    svg.append(stop);
  }
  return make("div", { class: "route" }, svg);
}

function draw<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Record<string, string | number>): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}
