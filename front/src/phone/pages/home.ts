/** Today: what waits for this person, and whether phone and server agree. */
import { dayOf, serverNow } from "../net";
import type { About } from "../sync";
import { saidToday, surveyedToday, type PlaceRow } from "../surveys";
import { button, empty, link, live, make, type Page } from "../ui";
import { dayText, momentText, say } from "../words";
import { isSyncing, work } from "../work";

export const home: Page = async (place, _parameters, store) => {
  const draw = async (): Promise<void> => {
    const today = dayOf(await serverNow(store));
    const [places, visits, returns, cases, drafts, items, said, about, synced] = await Promise.all([
      store.rows<PlaceRow>("places"), store.rows("visits"), store.rows("returns"), store.rows("cases"), store.drafts(), store.outbox(),
      saidToday(store), store.meta<About>("about"), store.meta<string>("synced"),
    ]);
    const mine = places.filter((row) => row.mine);
    const left = mine.filter((row) => surveyedToday(row, today, said) === "no").length;
    const waiting = items.filter((item) => item.state === "waiting" || item.state === "sending").length;
    const refused = items.filter((item) => item.state === "refused").length;
    const may = (right: string): boolean => about?.rights.includes(right) === true;
    const tiles = make("ul", { class: "tiles" });
    const tile = (href: string, number: number, sentence: string, tone = ""): void => {
      tiles.append(make("li", { class: tone }, link(href, make("strong", {}, String(number)), make("span", {}, sentence))));
    };
    if (refused > 0) tile("#/outbox", refused, say("{count} 条未通过", { count: refused }), "late");
    if (mine.length > 0) tile("#/places", left, left > 0 ? say("{count} 处今天还没有摸排", { count: left }) : say("今天都摸排过了"), left > 0 ? "soon" : "done");
    if (visits.length > 0) tile("#/visits", visits.length, say("{count} 处待检查", { count: visits.length }), "going");
    if (returns.length > 0) tile("#/returns", returns.length, say("{count} 件待更正", { count: returns.length }), "late");
    if (cases.length > 0) tile("#/cases", cases.length, say("{count} 件案件在手", { count: cases.length }));
    if (drafts.length > 0) tile("#/drafts", drafts.length, say("{count} 份草稿", { count: drafts.length }));
    tile("#/outbox", waiting, waiting > 0 ? say("{count} 条待发送", { count: waiting }) : say("全部已发送"), waiting > 0 ? "soon" : "done");
    const more = make("div", { class: "quick" });
    if (may("case.open")) more.append(link("#/cases/new", say("上报问题")));
    more.append(link("#/map", say("地图")), link("#/lists", say("我的清单")), link("#/forms", say("填报")));
    const again = button(isSyncing() ? say("正在同步…") : say("立即同步"), () => work(true), "button quiet small");
    again.disabled = isSyncing();
    place.replaceChildren(
      make("p", { class: "hello" }, store.who === undefined ? "" : say("您好，{name}", { name: store.who.name }), " ", make("span", { class: "muted" }, dayText(today))),
      store.who === undefined ? empty(say("还没有登录。请登录后取回您的清单。")) : tiles,
      more,
      make("p", { class: "sync" }, synced === undefined ? say("还没有同步过") : say("已同步 {time}", { time: momentText(synced) }), " ", again),
    );
  };
  return live(["rows", "outbox", "drafts", "meta", "person"], draw);
};
