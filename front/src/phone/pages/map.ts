/** My grid on paper: outlines and places drawn from the phone's own store. No tiles, no other host. */
import { dayOf, serverNow } from "../net";
import { spotNow, type Where } from "../geo";
import type { Row, Spot } from "../store";
import { saidToday, surveyedToday, type PlaceRow } from "../surveys";
import { button, empty, item, live, make, type Page } from "../ui";
import { say } from "../words";

const SVG = "http://www.w3.org/2000/svg";
type Ring = [number, number][];

export function whereWords(found: Where): string {
  if ("spot" in found) return `${say("我的位置")} ${found.spot.lat.toFixed(5)}, ${found.spot.lon.toFixed(5)} · ${say("误差约 {metres} 米", { metres: found.spot.accuracy })}`;
  if (found.why === "denied") return say("没有取到位置：请在手机设置里允许浏览器使用位置。");
  if (found.why === "insecure") return say("没有取到位置：浏览器只在 https 地址提供位置。");
  return say("没有取到位置，请到开阔处再试。");
}

function draw<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Record<string, string | number>): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

function ringsOf(shape: unknown): Ring[] {
  const said = shape as { type?: string; coordinates?: unknown } | undefined;
  if (said?.type === "Polygon") return said.coordinates as Ring[];
  if (said?.type === "MultiPolygon") return (said.coordinates as Ring[][]).flat();
  return [];
}

/** Metres from the middle of what is drawn, so that a circle of accuracy is round. */
function projection(points: readonly [number, number][]): { to: (lon: number, lat: number) => [number, number]; size: number } {
  const lons = points.map(([lon]) => lon);
  const lats = points.map(([, lat]) => lat);
  const lon = (Math.min(...lons) + Math.max(...lons)) / 2;
  const lat = (Math.min(...lats) + Math.max(...lats)) / 2;
  const wide = 111_320 * Math.cos((lat * Math.PI) / 180);
  const to = (x: number, y: number): [number, number] => [(x - lon) * wide, (lat - y) * 110_574];
  const size = Math.max(...points.map(([x, y]) => Math.max(...to(x, y).map(Math.abs))), 60) * 1.08;
  return { to, size };
}

export const map: Page = async (place, [chosen = ""], store) => {
  const status = make("p", { class: "hint", role: "status" });
  const picture = make("div", { class: "map" });
  const below = make("div", {});
  place.append(picture, status, below);
  let me: Spot | undefined;
  let view: { x: number; y: number; size: number } | undefined;

  const redraw = async (): Promise<void> => {
    const outlines = await store.rows<Row & { name: string; role: string; shape: unknown }>("areas");
    const today = dayOf(await serverNow(store));
    const said = await saidToday(store);
    const every = await store.rows<PlaceRow>("places");
    const mine = every.filter((row) => row.mine || row.id === chosen);
    const shown = (mine.length > 0 ? mine : every).filter((row) => row.lon !== null && row.lat !== null).slice(0, 600);
    // A square that stands for an area without a known border does not lie where the area lies: never beside true points.
    const areas = every.some((row) => row.lon !== null) || me !== undefined ? outlines.filter((area) => !area.role.includes("tile")) : outlines;
    const points: [number, number][] = [
      ...areas.filter((area) => area.role.startsWith("own")).flatMap((area) => ringsOf(area.shape).flat()),
      ...shown.map((row): [number, number] => [row.lon ?? 0, row.lat ?? 0]),
      ...(me === undefined ? [] : [[me.lon, me.lat] as [number, number]]),
    ];
    if (points.length === 0) {
      picture.replaceChildren(empty(say("还没有网格边界和场所坐标。同步后再看。")));
      return;
    }
    const { to, size } = projection(points);
    const target = every.find((row) => row.id === chosen && row.lon !== null);
    if (view === undefined) {
      const [x, y] = target === undefined ? [0, 0] : to(target.lon ?? 0, target.lat ?? 0);
      view = { x, y, size: target === undefined ? size : Math.min(size, 250) };
    }
    const svg = draw("svg", { role: "group", "aria-label": say("网格地图，{count} 处场所；下方列表内容相同", { count: shown.length }) });
    for (const area of areas) {
      const path = ringsOf(area.shape).map((ring) => `M${ring.map(([lon, lat]) => to(lon, lat).map((n) => n.toFixed(1)).join(" ")).join("L")}Z`).join("");
      svg.append(draw("path", { d: path, class: `area ${area.role}`, "fill-rule": "evenodd" }));
    }
    const dots: SVGCircleElement[] = [];
    for (const row of shown) {
      const [x, y] = to(row.lon ?? 0, row.lat ?? 0);
      const dot = draw("circle", { cx: x, cy: y, class: `dot ${surveyedToday(row, today, said)}${row.id === chosen ? " chosen" : ""}` });
      const title = draw("title", {});
      title.textContent = row.name;
      dot.append(title);
      const around = draw("a", { href: `#/places/${row.id}` });
      around.append(dot);
      svg.append(around);
      dots.push(dot);
    }
    let here: SVGCircleElement | undefined;
    if (me !== undefined) {
      const [x, y] = to(me.lon, me.lat);
      here = draw("circle", { cx: x, cy: y, class: "me" });
      svg.append(draw("circle", { cx: x, cy: y, r: Math.max(me.accuracy, 1), class: "accuracy" }), here);
    }
    const look = (): void => {
      if (view === undefined) return;
      svg.setAttribute("viewBox", `${view.x - view.size} ${view.y - view.size} ${view.size * 2} ${view.size * 2}`);
      // Dots and lines keep their size on the glass, however far one zooms.
      for (const dot of dots) dot.setAttribute("r", String(view.size * (dot.classList.contains("chosen") ? 0.035 : 0.022)));
      here?.setAttribute("r", String(view.size * 0.025));
      svg.style.setProperty("--unit", String(view.size));
    };
    const zoom = (factor: number): void => {
      if (view !== undefined) view = { ...view, size: Math.min(Math.max(view.size * factor, 20), size * 4) };
      look();
    };
    moving(svg, () => view, (next) => {
      view = next;
      look();
    });
    look();
    picture.replaceChildren(
      svg,
      make("div", { class: "map-buttons" },
        labelled("＋", say("放大"), () => zoom(0.6)), labelled("－", say("缩小"), () => zoom(1.6)),
        labelled("⤢", say("显示全部"), () => {
          view = { x: 0, y: 0, size };
          look();
        }),
        labelled("◎", say("我的位置"), find)),
      areas.some((area) => area.role.includes("tile")) ? make("p", { class: "hint" }, say("方格为示意，不是边界")) : "",
    );
    const list = make("ul", { class: "items" });
    for (const row of shown.slice(0, 100)) list.append(item(`#/places/${row.id}`, row.name, [[row.kind_word, row.address].filter((part) => part !== "").join(" · ")]));
    below.replaceChildren(make("details", {}, make("summary", {}, `${say("我的场所")} ${shown.length}`), list));
  };

  const find = async (): Promise<void> => {
    status.textContent = say("正在定位…");
    const found = await spotNow();
    status.textContent = whereWords(found);
    if ("spot" in found) {
      me = found.spot;
      view = undefined;
      await redraw();
    }
  };
  return live(["rows", "outbox"], redraw);
};

function labelled(sign: string, label: string, press: () => unknown): HTMLElement {
  const made = button(sign, press, "button small");
  made.setAttribute("aria-label", label);
  return made;
}

type View = { x: number; y: number; size: number };

/** One finger moves, two fingers zoom. */
function moving(svg: SVGSVGElement, get: () => View | undefined, set: (view: View) => void): void {
  const fingers = new Map<number, { x: number; y: number }>();
  let moved = 0;
  svg.addEventListener("pointerdown", (event) => {
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    moved = 0;
  });
  const up = (event: PointerEvent): void => void fingers.delete(event.pointerId);
  svg.addEventListener("pointerup", up);
  svg.addEventListener("pointercancel", up);
  svg.addEventListener("pointerleave", up);
  svg.addEventListener("pointermove", (event) => {
    const old = fingers.get(event.pointerId);
    const view = get();
    if (old === undefined || view === undefined) return;
    const metres = (view.size * 2) / Math.min(svg.clientWidth, svg.clientHeight);
    const spread = (): number => {
      const [one, other] = [...fingers.values()];
      return one === undefined || other === undefined ? 0 : Math.hypot(one.x - other.x, one.y - other.y);
    };
    const before = spread();
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    moved += Math.abs(event.clientX - old.x) + Math.abs(event.clientY - old.y);
    if (fingers.size >= 2 && before > 0) set({ ...view, size: Math.max(20, (view.size * before) / Math.max(spread(), 1)) });
    else set({ ...view, x: view.x - (event.clientX - old.x) * metres, y: view.y - (event.clientY - old.y) * metres });
  });
  svg.addEventListener("click", (event) => {
    if (moved > 8) event.preventDefault();
  }, true);
}
