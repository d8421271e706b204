/** One place: where, what, who is in it, when it was last looked at; the survey. */
import { dayOf, serverNow } from "../net";
import { changedButton, notReachedButton, saidToday, surveyedToday, unchangedButton, type PlaceRow } from "../surveys";
import { chip, empty, facts, item, link, live, make, type Page } from "../ui";
import { dayText, say } from "../words";

export const place: Page = async (ground, [id = ""], store) =>
  live(["rows", "outbox"], async () => {
    const row = await store.row<PlaceRow>("places", id);
    if (row === undefined) {
      ground.replaceChildren(empty(say("这条内容不在手机里了，可能已不归您负责。"), link("#/places", say("我的场所"))));
      return;
    }
    const today = dayOf(await serverNow(store));
    const stand = surveyedToday(row, today, await saidToday(store));
    const every = await store.rows<PlaceRow>("places");
    const inside = every.filter((each) => each.within === id).sort((one, other) => one.name.localeCompare(other.name, "zh"));
    const around = every.find((each) => each.id === row.within);
    const contracts = (await store.rows("contracts")).filter((each) => each["place"] === id);
    const state = stand === "yes" ? chip("done", say("今日已摸排")) : stand === "waiting" ? chip("going", say("今日已摸排（待发送）")) : chip("waiting", row.surveyed_on === "" ? say("从未摸排") : say("上次 {day}", { day: dayText(row.surveyed_on) }));
    const buttons = make("div", { class: "buttons" }, stand === "no" ? unchangedButton(store, row) : null, changedButton(store, row), stand === "no" ? notReachedButton(store, row) : null);
    const list = make("ul", { class: "items" });
    for (const each of inside) list.append(item(`#/places/${each.id}`, each.name, [[each.kind_word, each.industry].filter((part) => part !== "").join(" · ")]));
    ground.replaceChildren(
      make("h2", { class: "record" }, row.name),
      make("p", {}, state, " ", row.shut ? chip("held", say("停业中")) : ""),
      buttons,
      facts([
        [say("种类"), row.kind_word],
        [say("地址"), row.address],
        [say("路段"), row.road],
        [say("行业"), row.industry],
        [say("编号"), row.number],
        [say("营业时间"), row.hours],
        [say("所在"), around === undefined ? null : link(`#/places/${around.id}`, around.name)],
        [say("责任"), contracts.map((each) => String(each["kind_word"])).join("、")],
      ]),
      ...(inside.length > 0 ? [make("h3", {}, `${say("里面的商户")} ${inside.length}`), list] : []),
      make("p", { class: "quick" }, row.lon === null ? null : link(`#/map/${row.id}`, say("在地图上看")), link(`#/cases/new?place=${row.id}`, say("上报问题"))),
    );
  });
