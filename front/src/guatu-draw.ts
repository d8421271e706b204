import "maplibre-gl/dist/maplibre-gl.css";
import "./guatu-draw.css";
import type { Feature, FeatureCollection, Geometry, Position } from "geojson";
import * as maplibre from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { make } from "./make";
import { boundsOf, type Answer } from "./map/answer";
import { emptyStyle, LABEL_FONTS } from "./map/layers";
import { palette } from "./map/palette";
import { word, type Word } from "./words";

maplibre.setWorkerUrl(workerUrl);

/** Pixels within which a press means the corner that already stands there; and within which two are one press, made twice. */
const NEAR = 12;
const SAME = 3;
const STEP = 60;
const FINE_STEP = 6;

/** What stands on the map, and what stood in the form's fields then: undoing brings back both. */
interface Standing {
  corners: readonly Position[];
  closed: boolean;
  /** A border this element shows but cannot change corner by corner: several pieces, or holes. */
  given: Geometry | null;
  text: string;
  system: string;
}

/**
 * <guatu-draw> lets a person draw a border corner by corner on the map and writes it as a GeoJSON Polygon (WGS 84) into the form's own
 * field, which stays there to be read, pasted into and sent without script.
 *
 *   <guatu-draw src="/street/places/areas/310114102001/ground/" field="id_shape" crs="id_system" label="在地图上画边界"></guatu-draw>
 *
 * src    GeoJSON as `<guatu-map>` asks for: the outline of the area above, the neighbours' borders, places;
 *        corners hold on to these borders, except to an outline that carries `above: true`, which is only for finding one's way
 * field  id of the field that takes the GeoJSON; the element moves itself before it
 * crs    id of the field that names the coordinate system; set to wgs84
 * label  what the map is for, in words
 *
 * A press sets a corner, a press on the first corner closes. With the keyboard: arrows move the map's centre (with Shift in small
 * steps), Enter sets a corner there or closes, Backspace takes the last step back. The field holds a border only while it is closed;
 * an open one is not sent unnoticed.
 */
export class GuatuDraw extends HTMLElement {
  private map: maplibre.Map | null = null;
  private begun = false;
  private drawable = false;
  private now: Standing = { corners: [], closed: false, given: null, text: "", system: "wgs84" };
  private past: Standing[] = [];
  private holds: Position[] = [];
  private says = make("p", { class: "draw-says", role: "status" });
  private watchSize: ResizeObserver | null = null;

  connectedCallback(): void {
    if (this.begun) return; // moving itself beside its field connects it a second time
    this.begun = true;
    const field = this.field;
    field?.closest(".field")?.before(this);
    const canvas = make("div", { class: "draw-canvas" }, make("i", { class: "draw-cross", "aria-hidden": "true" }));
    this.append(canvas, this.buttons(), this.says, make("p", { class: "muted draw-how" }, word("点地图定一个角，点第一角合上；键盘用方向键移动中心，回车定角，退格撤销。")));
    try {
      this.map = this.begin(canvas);
    } catch {
      this.replaceChildren(this.says);
      this.say("浏览器不能显示地图，请粘贴 GeoJSON 或选文件。");
      return;
    }
    this.map.once("load", () => void this.ground());
    field?.addEventListener("change", this.follow);
    this.system?.addEventListener("change", this.follow);
    field?.form?.addEventListener("submit", this.onSend, true);
    field?.form?.addEventListener("click", this.onPress);
  }

  disconnectedCallback(): void {
    // Moving itself beside its field also disconnects it: only what is really gone is taken down.
    window.setTimeout(() => {
      if (this.isConnected) return;
      this.field?.removeEventListener("change", this.follow);
      this.system?.removeEventListener("change", this.follow);
      this.field?.form?.removeEventListener("submit", this.onSend, true);
      this.field?.form?.removeEventListener("click", this.onPress);
      this.watchSize?.disconnect();
      this.map?.remove();
      this.map = null;
      this.drawable = false;
      this.removeAttribute("ready");
      this.past = [];
      this.replaceChildren();
      this.begun = false;
    });
  }

  private get field(): HTMLTextAreaElement | null {
    return document.getElementById(this.getAttribute("field") ?? "") as HTMLTextAreaElement | null;
  }

  private get system(): HTMLSelectElement | null {
    return document.getElementById(this.getAttribute("crs") ?? "") as HTMLSelectElement | null;
  }

  private say(sentence: Word, values: Record<string, string | number> = {}): void {
    this.says.textContent = word(sentence, values);
  }

  private buttons(): HTMLElement {
    const acts: [Word, () => void][] = [
      ["把中心定为角", () => this.setCentre()],
      ["撤销一步", () => this.undo()],
      ["合上", () => this.close()],
      ["清除", () => this.clear()],
    ];
    const made = acts.map(([name, act]) => {
      const button = make("button", { type: "button", class: "button small" }, word(name));
      button.addEventListener("click", act);
      return button;
    });
    return make("div", { class: "draw-bar" }, ...made);
  }

  private begin(container: HTMLElement): maplibre.Map {
    const label = this.getAttribute("label") ?? word("地图");
    const map = new maplibre.Map({
      container,
      style: emptyStyle(palette("light", "plain"), null, null),
      localIdeographFontFamily: LABEL_FONTS,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      doubleClickZoom: false, // two quick corners are two corners
      keyboard: false, // this element's own keys, below
      minZoom: 6,
      maxZoom: 20,
      fadeDuration: 0,
      center: [121.3, 31.3],
      zoom: 9,
      locale: { "NavigationControl.ZoomIn": word("放大"), "NavigationControl.ZoomOut": word("缩小"), "Map.Title": label },
    });
    map.touchZoomRotate.disableRotation();
    map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
    map.getCanvas().setAttribute("aria-description", word("点地图定一个角，点第一角合上；键盘用方向键移动中心，回车定角，退格撤销。"));
    map.getCanvas().addEventListener("keydown", this.onKey);
    map.on("click", (event) => this.add(event.point));
    this.watchSize = new ResizeObserver(() => this.map?.resize());
    this.watchSize.observe(container);
    return map;
  }

  private onKey = (event: KeyboardEvent): void => {
    if (this.map === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? FINE_STEP : STEP;
    const moves: Record<string, [number, number]> = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const move = moves[event.key];
    if (move !== undefined) this.map.panBy(move, { animate: false });
    else if (event.key === "Enter") this.setCentre();
    else if (event.key === "Backspace") this.undo();
    else if (event.key === "+" || event.key === "=") this.map.zoomTo(this.map.getZoom() + 1, { animate: false });
    else if (event.key === "-") this.map.zoomTo(this.map.getZoom() - 1, { animate: false });
    else return;
    event.preventDefault();
  };

  private setCentre(): void {
    if (this.map !== null) this.add(this.map.project(this.map.getCenter()));
  }

  private add(point: { x: number; y: number }): void {
    const map = this.map;
    if (map === null || !this.drawable) return;
    const { corners, closed } = this.now;
    if (closed) return this.say("边界已经合上。要改，请撤销一步，或清除后重画。");
    const within = (pixels: number) => (at: Position): boolean => {
      const there = map.project(at as [number, number]);
      return Math.hypot(there.x - point.x, there.y - point.y) <= pixels;
    };
    if (corners.length >= 3 && corners.slice(0, 1).some(within(NEAR))) return this.close();
    const free = map.unproject([point.x, point.y]);
    const at = this.holds.find(within(NEAR)) ?? [round(free.lng), round(free.lat)];
    const last = corners.at(-1);
    if (last !== undefined && (within(SAME)(last) || String(last) === String(at))) return; // the second press of a double one
    if (crosses([...corners, at], false)) return this.say("这一角会让边界与自己相交，没有加上。请换个位置，或先撤销一步。");
    this.change({ corners: [...corners, at], closed: false });
  }

  private close(): void {
    const { corners, closed } = this.now;
    if (closed) return this.say("边界已经合上。要改，请撤销一步，或清除后重画。");
    if (corners.length < 3) return this.say("至少要有三个角才能合上。");
    if (crosses(corners, true)) return this.say("现在合上会与自己相交。请再加一角绕开，或先撤销一步。");
    this.change({ corners, closed: true });
  }

  private clear(): void {
    const { corners, given, text } = this.now;
    if (corners.length > 0 || given !== null || text !== "") this.change({ corners: [], closed: false });
  }

  private undo(): void {
    const last = this.past.pop();
    if (last === undefined) return;
    this.now = last;
    this.write(last);
    this.show();
  }

  private change(next: Pick<Standing, "corners" | "closed">): void {
    this.past.push({ ...this.now, text: this.field?.value ?? "", system: this.system?.value ?? "wgs84" });
    const text = next.closed ? JSON.stringify(polygonOf(next.corners)) : "";
    this.now = { ...next, given: null, text, system: "wgs84" };
    this.write(this.now);
    this.show();
  }

  private write({ text, system }: Standing): void {
    for (const [field, value] of [
      [this.field, text],
      [this.system, system],
    ] as const) {
      if (field === null || field.value === value) continue;
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  /** An open outline is in no field; sending the form would lose it without a word. */
  private onSend = (event: Event): void => {
    if (this.now.closed || this.now.corners.length === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // nobody else may take the form for sent (and forget its draft)
    this.say("边界还没有合上，没有保存。请按“合上”；不要边界就按“清除”。");
    this.scrollIntoView({ block: "nearest" });
    this.querySelector<HTMLButtonElement>(".draw-bar button:nth-of-type(3)")?.focus();
  };

  /** A button of the page (“drop the draft”) may have changed the field without an event. */
  private onPress = (): void => {
    window.setTimeout(() => {
      if (this.drawable && (this.field?.value ?? "").trim() !== this.now.text) this.follow();
    });
  };

  /** What was typed or pasted into the field shows on the map, as long as it is WGS 84. */
  private follow = (): void => {
    const text = this.field?.value.trim() ?? "";
    const system = this.system?.value ?? "wgs84";
    const known = system === "wgs84" || system === "cgcs2000";
    const geometry = known ? geometryOf(text) : null;
    const rings = geometry?.type === "Polygon" ? geometry.coordinates : [];
    const corners = rings.length === 1 ? (rings[0] ?? []).slice(0, -1) : [];
    const simple = corners.length >= 3;
    this.now = { corners: simple ? corners : [], closed: simple, given: simple ? null : geometry, text, system };
    this.past = [];
    this.show();
    if (geometry !== null) this.fit([{ type: "Feature", geometry, properties: null }]);
    if (!known && text !== "") this.say("坐标系不是 WGS 84，图上不显示；在图上画会改用 WGS 84。");
    else if (this.now.given !== null) this.say("这个边界有几块或有洞，这里只能显示；点第一个角就从头画。");
  };

  private show(): void {
    const { corners, closed, given } = this.now;
    const shapes: Feature[] = corners.map((at, i) => ({ type: "Feature", geometry: { type: "Point", coordinates: at }, properties: { first: i === 0 } }));
    if (closed) shapes.push({ type: "Feature", geometry: polygonOf(corners), properties: null });
    else if (given !== null) shapes.push({ type: "Feature", geometry: given, properties: null });
    else if (corners.length > 1) shapes.push({ type: "Feature", geometry: { type: "LineString", coordinates: [...corners] }, properties: null });
    this.map?.getSource<maplibre.GeoJSONSource>("drawn")?.setData({ type: "FeatureCollection", features: shapes });
    this.dataset["corners"] = String(corners.length);
    if (closed) this.say("已合上：{count} 个角，约 {size} 公顷。", { count: corners.length, size: hectares(corners) });
    else if (corners.length > 0) this.say("已定 {count} 个角，还没有合上。", { count: corners.length });
    else this.says.textContent = "";
  }

  private fit(features: Feature[]): void {
    const bounds = boundsOf({ type: "FeatureCollection", features: features.map((one) => ({ ...one, properties: { role: "area", name: "" } })), guatu: { label: "", unit: "", sense: "plain", steps: [], attributions: [], as_of: "" } });
    if (bounds !== null) this.map?.fitBounds(bounds, { padding: 48, animate: false, maxZoom: 16 });
  }

  /** What stands around: drawn first, so that people see where they are; also drawable when it does not arrive. */
  private async ground(): Promise<void> {
    const src = this.getAttribute("src");
    const reply = src === null ? null : await fetch(src, { headers: { Accept: "application/geo+json" } }).catch(() => null);
    const answer = reply?.ok ? ((await reply.json()) as Answer) : null;
    if (this.map === null) return;
    if (answer !== null) {
      const near = answer.features.filter(({ properties: { role, above } }) => role !== "point" && above !== true);
      const places = answer.features.filter(({ properties: { role } }) => role === "point");
      this.holds = near.flatMap(({ geometry }) => ringsOf(geometry).flat());
      // A district's outline says little about where a neighbourhood lies; its town's places say more.
      this.fit(near.length > 0 ? near : places.length > 0 ? places : answer.features);
    }
    addLayers(this.map, answer ?? { type: "FeatureCollection", features: [] });
    this.drawable = true;
    this.follow();
    if (answer === null && src !== null) this.say("周围的边界没有取到，仍可以画；保存时会核对是否与相邻网格重叠。");
    this.toggleAttribute("ready", true);
  }
}

function addLayers(map: maplibre.Map, ground: FeatureCollection): void {
  const role = (name: string): never => ["==", ["get", "role"], name] as never;
  const kind = (name: string): never => ["==", ["geometry-type"], name] as never;
  const { outline, border, chosen, letter, paper } = palette("light", "plain");
  map.addSource("ground", { type: "geojson", data: ground });
  map.addSource("drawn", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  const halo = { "text-color": letter, "text-halo-color": paper, "text-halo-width": 1.5 };
  map.addLayer({ id: "neighbours", type: "fill", source: "ground", filter: role("area"), paint: { "fill-color": border, "fill-opacity": 0.15 } });
  map.addLayer({ id: "borders", type: "line", source: "ground", filter: role("area"), paint: { "line-color": border, "line-width": 1.5 } });
  map.addLayer({ id: "outline", type: "line", source: "ground", filter: role("outline"), paint: { "line-color": outline, "line-width": 2.5 } });
  map.addLayer({ id: "places", type: "circle", source: "ground", filter: role("point"), paint: { "circle-color": letter, "circle-radius": 3 } });
  map.addLayer({ id: "names", type: "symbol", source: "ground", filter: role("area"), layout: { "text-field": ["get", "name"], "text-size": 13 }, paint: halo });
  map.addLayer({ id: "place-names", type: "symbol", source: "ground", filter: role("point"), layout: { "text-field": ["get", "name"], "text-size": 12, "text-anchor": "left", "text-offset": [0.6, 0] }, paint: halo });
  map.addLayer({ id: "drawn-fill", type: "fill", source: "drawn", filter: kind("Polygon"), paint: { "fill-color": chosen, "fill-opacity": 0.2 } });
  map.addLayer({ id: "drawn-line", type: "line", source: "drawn", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": chosen, "line-width": 2.5 } });
  map.addLayer({
    id: "drawn-corners",
    type: "circle",
    source: "drawn",
    filter: kind("Point"),
    paint: { "circle-color": ["case", ["get", "first"], chosen, paper], "circle-radius": ["case", ["get", "first"], 7, 5], "circle-stroke-color": chosen, "circle-stroke-width": 2 },
  });
}

/** Six decimals are a tenth of a metre: finer than anybody presses. */
function round(degrees: number): number {
  return Number(degrees.toFixed(6));
}

function polygonOf(corners: readonly Position[]): { type: "Polygon"; coordinates: Position[][] } {
  return { type: "Polygon", coordinates: [[...corners, corners[0] as Position]] };
}

function ringsOf(geometry: Geometry): Position[][] {
  return geometry.type === "Polygon" ? geometry.coordinates : geometry.type === "MultiPolygon" ? geometry.coordinates.flat() : [];
}

/** The one area in a pasted text: a geometry, a feature, or a collection of one feature; null for anything else. */
function geometryOf(text: string): Geometry | null {
  try {
    const read = JSON.parse(text) as { type?: string; features?: { geometry: Geometry }[]; geometry?: Geometry } | null;
    const found = read?.type === "FeatureCollection" ? (read.features?.length === 1 ? read.features[0]?.geometry : null) : read?.type === "Feature" ? read.geometry : (read as Geometry | null);
    const numbers = (ring: unknown): boolean => Array.isArray(ring) && ring.every((at) => Array.isArray(at) && at.length >= 2 && at.every(Number.isFinite));
    return found != null && ringsOf(found).length > 0 && ringsOf(found).every(numbers) ? found : null;
  } catch {
    return null;
  }
}

/** Which side of the line a→b the point c lies on: positive left, negative right, 0 on it. */
function side(a: Position, b: Position, c: Position): number {
  return Math.sign((b[0]! - a[0]!) * (c[1]! - a[1]!) - (b[1]! - a[1]!) * (c[0]! - a[0]!));
}

function onSegment(a: Position, b: Position, c: Position): boolean {
  const between = (i: 0 | 1): boolean => Math.min(a[i]!, b[i]!) <= c[i]! && c[i]! <= Math.max(a[i]!, b[i]!);
  return side(a, b, c) === 0 && between(0) && between(1);
}

function meet(a: Position, b: Position, c: Position, d: Position): boolean {
  if (onSegment(a, b, c) || onSegment(a, b, d) || onSegment(c, d, a) || onSegment(c, d, b)) return true;
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

/** Whether the outline's last side (the closing one when `closed`) meets an earlier one elsewhere than in their common corner. */
function crosses(corners: readonly Position[], closed: boolean): boolean {
  const line = closed ? [...corners, corners[0] as Position] : corners;
  const end = line.length - 1;
  if (end < 2) return false;
  const from = line[end - 1] as Position;
  const to = line[end] as Position;
  for (let i = 0; i + 1 < end; i++) {
    const a = line[i] as Position;
    const b = line[i + 1] as Position;
    const beforeLast = i + 2 === end;
    const firstOfClosed = closed && i === 0;
    // Sides that share a corner may not lie on each other.
    if (beforeLast ? onSegment(a, b, to) || onSegment(from, to, a) : firstOfClosed ? onSegment(a, b, from) || onSegment(from, to, b) : meet(a, b, from, to)) {
      return true;
    }
  }
  return false;
}

/** About how large: flat reckoning, good to a part in a hundred for anything of a neighbourhood's size. */
function hectares(corners: readonly Position[]): string {
  const ring = [...corners, corners[0] as Position];
  const metre = 111_320;
  const wide = metre * Math.cos(((ring[0]?.[1] ?? 0) * Math.PI) / 180);
  const [x0, y0] = ring[0] as [number, number];
  let twice = 0;
  for (let i = 0; i + 1 < ring.length; i++) {
    const [ax, ay] = ring[i] as [number, number];
    const [bx, by] = ring[i + 1] as [number, number];
    twice += (ax - x0) * wide * (by - y0) * metre - (bx - x0) * wide * (ay - y0) * metre;
  }
  const size = Math.abs(twice) / 20_000;
  return size < 10 ? size.toFixed(1) : size.toFixed(0);
}
