/** My round: the visits of my teams in the order of the plan. A visit's own page is another line of `routes.ts`. */
import { ROUTES } from "../routes";
import type { Row } from "../store";
import { chip, empty, item, live, make, type Page } from "../ui";
import { dayText, momentText, say } from "../words";

export const visits: Page = async (place, _parameters, store) =>
  live(["rows", "outbox"], async () => {
    const rows = (await store.rows("visits")).sort(byPlan);
    if (rows.length === 0) {
      place.replaceChildren(empty(say("没有待检查的点位。任务派到您的小组后会出现在这里。")));
      return;
    }
    const waiting = new Set((await store.outbox()).filter((each) => each.about?.list === "visits" && each.state !== "refused").map((each) => each.about?.id));
    place.replaceChildren();
    let group = "";
    let list = make("ol", { class: "items" });
    for (const row of rows) {
      const title = [row["round_name"], row["team"], dayText(String(row["on_day"]))].filter((part) => part !== "").join(" · ");
      if (title !== group) {
        group = title;
        list = make("ol", { class: "items" });
        place.append(make("h2", {}, title), list);
      }
      const own = ROUTES.some((route) => route.pattern.test(`visits/${row.id}`));
      const stop = row["seq"] === null ? "" : say("第{number}站", { number: Number(row["seq"]) });
      const eta = row["eta"] === "" ? "" : say("预计 {time}", { time: momentText(String(row["eta"])) });
      const due = row["due_at"] === "" ? "" : say("到 {time} 前", { time: momentText(String(row["due_at"])) });
      list.append(
        item(own ? `#/visits/${row.id}` : `#/places/${String(row["place"])}`, String(row["name"]), [String(row["address"]), [stop, eta, due].filter((part) => part !== "").join(" · ")],
          row["kind"] === "look_back" ? chip("returned", say("回头看")) : null,
          waiting.has(row.id) ? chip("going", say("待发送")) : null,
          row["shut"] === true ? chip("held", say("停业中")) : null),
      );
    }
  });

function byPlan(one: Row, other: Row): number {
  const key = (row: Row): string => `${String(row["on_day"])} ${String(row["round_name"])} ${String(row["team"])}`;
  return key(one).localeCompare(key(other)) || Number(one["seq"] ?? 1e6) - Number(other["seq"] ?? 1e6) || String(one["name"]).localeCompare(String(other["name"]), "zh");
}
