/** The places a person answers for, and those around: find one, say of it what was seen, in two taps. */
import { dayOf, serverNow } from "../net";
import { changedButton, saidToday, surveyedToday, unchangedButton, type PlaceRow } from "../surveys";
import { button, chip, empty, link, live, make, type Page } from "../ui";
import { dayText, say } from "../words";

const STEP = 60;

/** What was chosen stays while the app is open. */
const chosen = { text: "", show: "left" as "left" | "done" | "all", most: STEP };

export const places: Page = async (place, _parameters, store) => {
  const search = make("input", { type: "search", placeholder: say("查找名称、地址、编号"), "aria-label": say("查找名称、地址、编号") });
  search.value = chosen.text;
  const heading = make("p", { class: "lead" });
  const switches = make("div", { class: "switches", role: "group" });
  const list = make("div", {});
  place.append(heading, search, switches, list);
  const draw = async (): Promise<void> => {
    const today = dayOf(await serverNow(store));
    const said = await saidToday(store);
    const every = await store.rows<PlaceRow>("places");
    const state = new Map(every.map((row) => [row.id, surveyedToday(row, today, said)]));
    const mine = every.filter((row) => row.mine);
    heading.replaceChildren(titleOf(mine));
    const text = chosen.text.trim().toLowerCase();
    const wanted = every.filter((row) => {
      if (text !== "") return [row.name, row.address, row.number, row.road, row.industry].some((value) => value.toLowerCase().includes(text));
      if (!row.mine && mine.length > 0 && chosen.show !== "all") return false;
      return chosen.show === "all" || (state.get(row.id) === "no") === (chosen.show === "left");
    });
    const left = mine.filter((row) => state.get(row.id) === "no").length;
    switches.replaceChildren(
      choice("left", `${say("未摸排")} ${left}`), choice("done", `${say("已摸排")} ${mine.length - left}`), choice("all", `${say("全部")} ${every.length}`),
    );
    list.replaceChildren();
    if (every.length === 0) list.append(empty(say("还没有场所。签了责任包干的场所会出现在这里；请先同步，或联系街镇。")));
    else if (wanted.length === 0) list.append(empty(text === "" && chosen.show === "left" ? say("今天都摸排过了") : say("没有符合的场所。")));
    const shown = wanted.sort(byWay).slice(0, chosen.most);
    let group = "";
    let rows = make("ul", { class: "items" });
    for (const row of shown) {
      const title = row.road || row.area_name || row.kind_word;
      if (title !== group) {
        group = title;
        rows = make("ul", { class: "items" });
        list.append(make("h2", {}, title), rows);
      }
      rows.append(line(row));
    }
    if (wanted.length > shown.length) {
      list.append(button(`${say("显示更多")} (${wanted.length - shown.length})`, () => {
        chosen.most += STEP;
        return draw();
      }, "button wide"));
    }

    function choice(value: typeof chosen.show, word: string): HTMLElement {
      const made = button(word, () => {
        chosen.show = value;
        chosen.most = STEP;
        return draw();
      }, "switch");
      made.setAttribute("aria-pressed", String(chosen.show === value));
      return made;
    }

    function line(row: PlaceRow): HTMLElement {
      const stand = state.get(row.id) ?? "no";
      const words = stand === "yes" ? chip("done", say("今日已摸排")) : stand === "waiting" ? chip("going", say("今日已摸排（待发送）")) : chip("waiting", row.surveyed_on === "" ? say("从未摸排") : say("上次 {day}", { day: dayText(row.surveyed_on) }));
      const to = link(
        `#/places/${row.id}`,
        make("span", { class: "item-title" }, row.name),
        make("span", { class: "item-line" }, [row.kind_word, row.address, row.industry].filter((part) => part !== "").join(" · ")),
        words,
        row.shut ? chip("held", say("停业中")) : null,
      );
      const buttons = stand === "no" ? make("div", { class: "buttons" }, unchangedButton(store, row), changedButton(store, row)) : null;
      return make("li", { class: "item", "data-id": row.id }, to, buttons);
    }
  };
  search.addEventListener("input", () => {
    chosen.text = search.value;
    chosen.most = STEP;
    void draw();
  });
  return live(["rows", "outbox"], draw);
};

function titleOf(mine: readonly PlaceRow[]): string {
  const buildings = mine.filter((row) => row.kind === "building").length;
  const shops = mine.filter((row) => ["shop", "stall", "enterprise"].includes(row.kind)).length;
  if (mine.length === 0) return "";
  return buildings + shops === mine.length ? say("我的{buildings}栋楼宇和{shops}家商铺", { buildings, shops }) : say("我的{count}处场所", { count: mine.length });
}

/** Mine first; along each road by house number, as one walks. */
function byWay(one: PlaceRow, other: PlaceRow): number {
  if (one.mine !== other.mine) return one.mine ? -1 : 1;
  const where = (row: PlaceRow): string => row.road || row.area_name || row.kind_word;
  return where(one).localeCompare(where(other), "zh") || house(one) - house(other) || one.name.localeCompare(other.name, "zh");
}

function house(row: PlaceRow): number {
  return Number(/(\d+)\s*[号弄]/.exec(row.address)?.[1] ?? /(\d+)/.exec(row.number)?.[1] ?? 1e9);
}
