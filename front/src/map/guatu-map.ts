import "maplibre-gl/dist/maplibre-gl.css";
import "./guatu-map.css";
import * as maplibre from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { make } from "../make";
import { word } from "../words";
import { boundsOf, pointOf, stepsOf, type Answer, type Properties } from "./answer";
import { drawnLayers, drawnSources, emptyStyle, LABEL_FONTS } from "./layers";
import { hatch, isTone, palette, symbol, TONES, type Theme, type Tone } from "./palette";

maplibre.setWorkerUrl(workerUrl);

/**
 * <guatu-map> draws areas coloured by one value, labelled tiles for areas without a known border, and points.
 *
 *   <guatu-map src="/wall/jiading-2021/map?indicator=tasks.rate" theme="dark" label="各街镇任务完成率">
 *     <table data-twin>
 *       <tr data-code="310114102"><th><a href="/figures/…">南翔镇</a></th><td>85%</td></tr> …
 *     </table>
 *   </guatu-map>
 *
 * The table says what the map says; without script or WebGL it is all there is, with them it stays behind a button.
 * Going through its rows with the keyboard shows each area on the map.
 *
 * src      address of the GeoJSON (`answer.ts` tells its members); asked again with If-None-Match
 * theme    light (default) or dark
 * label    what the map shows, in words
 * refresh  milliseconds between two questions; absent: only when the page calls `refresh()`
 * tiles    optional raster tiles `/tiles/{z}/{x}/{y}.png` under everything, and `tiles-by` whom they belong to
 */
export class GuatuMap extends HTMLElement {
  static observedAttributes = ["src", "theme"];

  private map: maplibre.Map | null = null;
  private loaded: Promise<void> | null = null;
  private canvas: HTMLElement | null = null;
  private card: HTMLElement | null = null;
  private legend: HTMLElement | null = null;
  private by: HTMLElement | null = null;
  private says: HTMLElement | null = null;
  private tag: string | null = null;
  private answer: Answer | null = null;
  private fitted = "";
  private timer = 0;
  private asking: AbortController | null = null;
  private chosen: string | null = null;
  private watchSize: ResizeObserver | null = null;

  connectedCallback(): void {
    if (this.map !== null) return;
    this.canvas = make("div", { class: "map-canvas" });
    this.card = make("div", { class: "map-card", hidden: "" });
    this.legend = make("div", { class: "map-legend" });
    this.by = make("p", { class: "map-by" });
    this.says = make("p", { class: "map-says", role: "status" });
    const stage = make("div", { class: "map-stage" }, this.canvas, this.card, this.legend, this.by);
    const twin = make("details", { class: "map-twin" }, make("summary", {}, word("列表")), ...this.childNodes);
    this.append(stage, this.says, twin);
    try {
      this.map = this.begin(this.canvas);
    } catch {
      // No WebGL (an old machine, a locked-down browser): the list says everything.
      stage.remove();
      twin.open = true;
      this.says.textContent = word("浏览器不能显示地图，请看列表。");
      return;
    }
    this.listen(this.map);
    this.addEventListener("focusin", this.onRow);
    void this.refresh();
    const every = Number(this.getAttribute("refresh") ?? "0");
    if (every > 0) this.timer = window.setInterval(() => void this.refresh(), every);
  }

  disconnectedCallback(): void {
    window.clearInterval(this.timer);
    this.asking?.abort();
    this.watchSize?.disconnect();
    this.map?.remove();
    this.map = null;
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (this.map === null || before === after) return;
    if (name === "theme" && this.answer !== null) this.show(this.answer);
    if (name === "src") {
      this.tag = null;
      void this.refresh();
    }
  }

  /** Asks for the data; draws only when its tag changed. Resolves to whether something new was drawn. */
  async refresh(): Promise<boolean> {
    const src = this.getAttribute("src");
    if (src === null || this.map === null) return false;
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const reply = await fetch(src, {
        headers: { Accept: "application/geo+json", ...(this.tag === null ? {} : { "If-None-Match": this.tag }) },
        cache: "no-store",
        signal: this.asking.signal,
      });
      if (reply.status === 304) return false;
      if (!reply.ok) throw new Error(String(reply.status));
      const answer = (await reply.json()) as Answer;
      this.tag = reply.headers.get("ETag");
      this.show(answer);
      if (this.says !== null) this.says.textContent = "";
      return true;
    } catch (reason) {
      if (reason instanceof DOMException && reason.name === "AbortError") return false;
      if (this.says !== null) this.says.textContent = word("地图数据没有取到，正在重试。");
      return false;
    }
  }

  private get theme(): Theme {
    return this.getAttribute("theme") === "dark" ? "dark" : "light";
  }

  private begin(container: HTMLElement): maplibre.Map {
    const map = new maplibre.Map({
      container,
      style: emptyStyle(palette(this.theme, "plain"), this.getAttribute("tiles"), this.getAttribute("tiles-by")),
      localIdeographFontFamily: LABEL_FONTS,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxPitch: 0,
      minZoom: 6,
      maxZoom: 18,
      fadeDuration: 0,
      // The wall stays still; only a person moves it.
      cooperativeGestures: false,
      locale: {
        "NavigationControl.ZoomIn": word("放大"),
        "NavigationControl.ZoomOut": word("缩小"),
        "Map.Title": this.getAttribute("label") ?? word("地图"),
      },
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
    map.getCanvas().setAttribute("aria-description", word("按键盘方向键移动，加减号缩放，在列表中逐项查看"));
    this.watchSize = new ResizeObserver(() => {
      if (this.map === null) return;
      this.map.resize();
      this.fitted = "";
      if (this.answer === null || this.map.getLayer("labels") === undefined) return;
      this.fit(this.answer);
      this.sizeLabels(this.map, this.answer);
    });
    this.watchSize.observe(container);
    return map;
  }

  private listen(map: maplibre.Map): void {
    this.loaded = new Promise((resolve) => map.once("load", () => resolve()));
    map.on("mousemove", (event) => this.onHover(event.point, map));
    map.on("mouseout", () => this.choose(null));
    map.on("click", (event) => {
      const href = this.under(event.point, map)?.href;
      if (href !== undefined && href !== "") window.location.assign(href);
    });
  }

  private under(point: maplibre.PointLike, map: maplibre.Map): Properties | null {
    const layers = ["points", "tiles", "areas"].filter((layer) => map.getLayer(layer) !== undefined);
    if (layers.length === 0) return null;
    const found = map.queryRenderedFeatures(point, { layers })[0];
    const index = found?.properties["at"] as number | undefined;
    return index === undefined ? null : (this.answer?.features[index]?.properties ?? null);
  }

  private onHover(point: maplibre.Point, map: maplibre.Map): void {
    const found = this.under(point, map);
    map.getCanvas().style.cursor = found?.href ? "pointer" : "";
    this.choose(found, point);
  }

  /** The keyboard's way: a row of the list that gains focus shows its area on the map. */
  private onRow = (event: FocusEvent): void => {
    const code = (event.target as Element | null)?.closest<HTMLElement>("[data-code]")?.dataset["code"];
    const shape = this.answer?.features.find((one) => one.properties.code === code);
    if (code === undefined || shape === undefined || this.map === null) return;
    const at = pointOf(shape);
    if (at !== null) this.choose(shape.properties, this.map.project(at as [number, number]));
  };

  /** Shows the point (or area) of this code as if the pointer stood on it: a list beside the map calls it. */
  point(code: string): void {
    const shape = this.answer?.features.find((one) => one.properties.code === code);
    const at = shape === undefined ? null : pointOf(shape);
    if (shape === undefined || at === null || this.map === null) this.choose(null);
    else this.choose(shape.properties, this.map.project(at as [number, number]));
  }

  private choose(found: Properties | null, point?: { x: number; y: number }): void {
    const map = this.map;
    if (map === null || this.card === null) return;
    const code = found?.code ?? null;
    if (code !== this.chosen && map.getLayer("chosen") !== undefined) {
      map.setFilter("chosen", ["==", ["get", "code"], code ?? ""]);
      this.chosen = code;
    }
    if (found === null || point === undefined) {
      this.card.hidden = true;
      return;
    }
    this.card.replaceChildren(...cardOf(found, this.answer?.guatu.label ?? ""));
    this.card.hidden = false;
    const { clientWidth, clientHeight } = map.getContainer();
    const left = point.x + this.card.offsetWidth + 24 > clientWidth ? point.x - this.card.offsetWidth - 12 : point.x + 12;
    const top = point.y + this.card.offsetHeight + 24 > clientHeight ? point.y - this.card.offsetHeight - 12 : point.y + 12;
    this.card.style.transform = `translate(${Math.max(0, left)}px, ${Math.max(0, top)}px)`;
  }

  private show(answer: Answer): void {
    this.answer = answer;
    // A style that is still loading takes no sources; whatever answer is newest by then is drawn.
    void this.loaded?.then(() => {
      if (this.map !== null && this.answer === answer) this.draw(this.map, answer);
    });
    this.classList.add("ready");
  }

  private draw(map: maplibre.Map, answer: Answer): void {
    const theme = this.theme;
    const colours = palette(theme, answer.guatu.sense);
    const steps = stepsOf(answer);
    for (const tone of Object.keys(TONES) as Tone[]) {
      const image = symbol(tone, theme, 44);
      if (map.hasImage(tone)) map.updateImage(tone, image);
      else map.addImage(tone, image, { pixelRatio: 2 });
    }
    if (map.hasImage("hatch")) map.updateImage("hatch", hatch(colours.hatch));
    else map.addImage("hatch", hatch(colours.hatch), { pixelRatio: 2 });
    for (const [name, content] of Object.entries(drawnSources(answer, steps))) {
      const source = map.getSource<maplibre.GeoJSONSource>(name);
      if (source === undefined) map.addSource(name, { type: "geojson", data: content });
      else source.setData(content);
    }
    map.setPaintProperty("paper", "background-color", colours.paper);
    for (const layer of drawnLayers(colours, parseFloat(getComputedStyle(this).fontSize) / 16)) {
      if (map.getLayer(layer.id) === undefined) {
        map.addLayer(layer);
      } else {
        const paint = Object.entries(layer.paint ?? {}) as [Parameters<maplibre.Map["setPaintProperty"]>[1], unknown][];
        for (const [name, value] of paint) map.setPaintProperty(layer.id, name, value as never);
      }
    }
    this.tellLegend(answer, steps);
    this.fit(answer);
    this.sizeLabels(map, answer);
    this.dataset["drawn"] = String(Number(this.dataset["drawn"] ?? "0") + 1);
  }

  /** Five Chinese letters must fit into a tile: streets are called 嘉定镇街道. */
  private sizeLabels(map: maplibre.Map, answer: Answer): void {
    const tile = answer.features.find((shape) => shape.properties.tile)?.geometry;
    const ring = tile?.type === "Polygon" ? tile.coordinates[0] : undefined;
    if (ring === undefined) return;
    const xs = ring.map((at) => map.project(at as [number, number]).x);
    const width = Math.max(...xs) - Math.min(...xs);
    const size = Math.min(width / 5.4, 1.15 * parseFloat(getComputedStyle(this).fontSize));
    const zoom = map.getZoom();
    for (const layer of ["labels", "points"]) {
      map.setLayoutProperty(layer, "text-size", ["interpolate", ["linear"], ["zoom"], zoom, size, zoom + 2, size * 1.5]);
    }
    map.setLayoutProperty("points", "icon-size", size / 22);
  }

  private fit(answer: Answer): void {
    const width = this.canvas?.clientWidth ?? 0;
    const bounds = boundsOf(answer, width <= 520);
    const key = String(bounds);
    if (bounds === null || key === this.fitted) return;
    this.fitted = key;
    const edge = width > 520 ? 24 : 12;
    // The legend lies over the left edge of a wide map; the areas keep out of its way.
    const beside = this.legend?.offsetParent != null && getComputedStyle(this.legend).position === "absolute";
    const left = beside ? Math.min((this.legend?.offsetWidth ?? 0) + edge, width * 0.35) : edge;
    this.map?.fitBounds(bounds, { padding: { top: edge, bottom: edge, left, right: edge * 2 }, animate: false, maxZoom: 14 });
  }

  private tellLegend(answer: Answer, steps: readonly number[]): void {
    if (this.legend === null) return;
    const { label, unit, sense, attributions } = answer.guatu;
    const colours = palette(this.theme, sense);
    const list = make("ul");
    const areas = answer.features.map((shape) => shape.properties).filter((one) => one.role === "area");
    if (areas.some((one) => typeof one.value === "number")) {
      for (let i = steps.length; i >= 0; i--) {
        const swatch = make("i");
        swatch.style.background = fillOf(i, steps.length, colours.steps);
        list.append(make("li", {}, swatch, range(i, steps, unit)));
      }
    }
    if (areas.some((one) => typeof one.value !== "number")) {
      list.append(make("li", {}, make("i", { class: "map-hatch" }), word("无数据")));
    }
    const tones = new Set(answer.features.filter((one) => one.properties.role === "point").map((one) => one.properties.tone));
    for (const tone of tones) {
      if (isTone(tone)) list.append(make("li", {}, swatchOf(tone, this.theme), NAMES[tone]()));
    }
    const schematic = areas.some((one) => one.tile) ? [make("p", {}, word("方格为示意，不是边界"))] : [];
    if (this.by !== null) {
      this.by.textContent = attributions.length > 0 ? word("地图数据：{sources}", { sources: attributions.join(" · ") }) : "";
    }
    this.legend.replaceChildren(make("strong", {}, label), list, ...schematic);
  }
}

const NAMES: Record<Tone, () => string> = {
  waiting: () => word("未开始"),
  going: () => word("进行中"),
  done: () => word("完成"),
  soon: () => word("临期"),
  late: () => word("逾期"),
  held: () => word("挂账"),
  place: () => word("地点"),
};

/** With fewer steps than colours the ends of the scale are kept, so that the highest is always the strongest. */
function fillOf(step: number, last: number, colours: readonly { fill: string }[]): string {
  const at = last === 0 ? 0 : Math.round((step * (colours.length - 1)) / last);
  return colours[at]?.fill ?? "";
}

function range(step: number, steps: readonly number[], unit: string): string {
  const from = steps[step - 1];
  const to = steps[step];
  const said = (value: number): string => `${value}${unit}`;
  if (from === undefined) return to === undefined ? unit : word("不到 {to}", { to: said(to) });
  return to === undefined ? word("{from} 以上", { from: said(from) }) : word("{from} 至 {to}", { from: said(from), to: said(to) });
}

function swatchOf(tone: Tone, theme: Theme): HTMLCanvasElement {
  const canvas = make("canvas", { width: "44", height: "44", "aria-hidden": "true" });
  canvas.getContext("2d")?.putImageData(symbol(tone, theme, 44), 0, 0);
  return canvas;
}

function cardOf(found: Properties, label: string): HTMLElement[] {
  const lines = [make("strong", {}, found.name)];
  if (found.role === "area") {
    lines.push(make("span", {}, `${label} `, make("b", {}, found.text ?? word("无数据"))));
    if (found.parts !== undefined && found.parts !== "") lines.push(make("span", {}, found.parts));
  }
  if (isTone(found.tone) && found.tone !== "place") lines.push(make("span", {}, NAMES[found.tone]()));
  for (const line of found.lines ?? []) lines.push(make("span", {}, line));
  return lines;
}
