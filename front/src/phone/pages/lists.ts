/** Everything a person has been given, by list. */
import type { Row } from "../store";
import { chip, empty, item, live, make, type Page } from "../ui";
import { momentText, say } from "../words";

export const lists: Page = async (place, _parameters, store) =>
  live(["rows"], async () => {
    const rows = make("ul", { class: "items" });
    for (const [list, to, title] of [
      ["places", "#/places", say("我的场所")], ["visits", "#/visits", say("我的检查")], ["cases", "#/cases", say("案件")],
      ["returns", "#/returns", say("退回更正")], ["forms", "#/forms", say("表单")], ["points", "#/points", say("服务点")], ["entries", "#/entries", say("名册")],
    ] as const) {
      rows.append(item(to, title, [say("等 {count} 项", { count: (await store.rows(list)).length })]));
    }
    place.replaceChildren(rows);
  });

export const points: Page = async (place, _parameters, store) =>
  live(["rows"], async () => {
    const rows = await store.rows("points");
    const list = make("ul", { class: "items" });
    for (const row of rows.sort((one, other) => Number(other["mine"]) - Number(one["mine"]) || String(one["name"]).localeCompare(String(other["name"]), "zh"))) {
      const queue = row["queue"] === null ? "" : `${say("排队 {count} 人", { count: Number(row["queue"]) })} ${momentText(String(row["queue_at"]))}`;
      list.append(item(`#/places/${String(row["place"])}`, String(row["name"]), [String(row["address"]), queue, String(row["pause_reason"])], row["status"] === "open" ? chip("going", say("开")) : chip("held", say("关"))));
    }
    place.replaceChildren(rows.length === 0 ? empty(say("没有服务点。")) : list);
  });

export const entries: Page = async (place, _parameters, store) =>
  live(["rows"], async () => {
    const rows = await store.rows("entries");
    if (rows.length === 0) {
      place.replaceChildren(empty(say("没有登记。")));
      return;
    }
    const groups = new Map<string, Row[]>();
    for (const row of rows) groups.set(String(row["register_name"]), [...(groups.get(String(row["register_name"])) ?? []), row]);
    place.replaceChildren();
    for (const [name, each] of groups) {
      const list = make("ul", { class: "items plain" });
      for (const row of each) {
        const fields = (row["fields"] as { label: string; value: string }[]).map(({ label, value }) => `${label} ${value}`);
        list.append(make("li", { class: "item" }, make("span", { class: "item-title" }, String(row["title"])), make("span", { class: "item-line" }, [String(row["area_name"]), ...fields].filter((part) => part !== "").join(" · "))));
      }
      place.append(make("h2", {}, `${name} ${each.length}`), list);
    }
  });
