import "maplibre-gl/dist/maplibre-gl.css";
import "./guatu-point.css";
import * as maplibre from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { make } from "./make";
import { boundsOf, type Answer } from "./map/answer";
import { emptyStyle, LABEL_FONTS } from "./map/layers";
import { palette } from "./map/palette";
import { word } from "./words";

maplibre.setWorkerUrl(workerUrl);

const ANSWERS_WITHIN = 20_000;

/**
 * <guatu-point> lets a person say where something is: by a press on the map, or by the phone's own position. It writes WGS 84 into the
 * form's own fields, which stay there to be read, typed into and sent without script.
 *
 *   <guatu-point src="/cases/map/?only=ground" lon="id_lon" lat="id_lat" crs="id_crs" label="在地图上选位置"></guatu-point>
 *
 * src      GeoJSON as `<guatu-map>` asks for; only its borders are drawn
 * lon, lat ids of the fields; the element moves itself before the first one
 * crs      id of the field that names the coordinate system; set to wgs84
 * label    what the map is for, in words
 */
export class GuatuPoint extends HTMLElement {
  private map: maplibre.Map | null = null;
  private begun = false;
  private marker: maplibre.Marker | null = null;
  private says = make("p", { class: "point-says", role: "status" });

  connectedCallback(): void {
    if (this.begun) return; // moving itself beside its field connects it a second time
    this.begun = true;
    const lon = this.field("lon");
    lon?.closest(".field")?.before(this);
    const canvas = make("div", { class: "point-canvas" });
    const here = make("button", { type: "button", class: "button small" }, word("用我现在的位置"));
    here.addEventListener("click", () => this.askDevice());
    this.append(canvas, make("div", { class: "point-bar" }, ...("geolocation" in navigator ? [here] : []), this.says));
    try {
      this.map = new maplibre.Map({
        container: canvas,
        style: emptyStyle(palette("light", "plain"), null, null),
        localIdeographFontFamily: LABEL_FONTS,
        attributionControl: false,
        dragRotate: false,
        pitchWithRotate: false,
        minZoom: 6,
        maxZoom: 18,
        center: [121.3, 31.3],
        zoom: 9,
        locale: { "Map.Title": this.getAttribute("label") ?? word("地图") },
      });
    } catch {
      canvas.remove();
      this.say(word("浏览器不能显示地图，请填写经纬度或选择街镇。"));
      return;
    }
    this.map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
    this.map.on("click", (event) => this.put(event.lngLat.lng, event.lngLat.lat));
    this.map.once("load", () => void this.ground());
    for (const name of ["lon", "lat"]) this.field(name)?.addEventListener("change", () => this.follow());
  }

  disconnectedCallback(): void {
    // Moving itself beside its field also disconnects it: only what is really gone is taken down.
    window.setTimeout(() => {
      if (this.isConnected) return;
      this.map?.remove();
      this.map = null;
      this.marker = null;
      this.replaceChildren();
      this.begun = false;
    });
  }

  private field(name: string): HTMLInputElement | null {
    return document.getElementById(this.getAttribute(name) ?? "") as HTMLInputElement | null;
  }

  private say(sentence: string): void {
    this.says.textContent = sentence;
  }

  private put(lon: number, lat: number): void {
    for (const [name, value] of [
      ["lon", lon.toFixed(6)],
      ["lat", lat.toFixed(6)],
      ["crs", "wgs84"],
    ] as const) {
      const field = this.field(name);
      if (field === null) continue;
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.mark(lon, lat);
    this.say(word("已选 {lon}，{lat}", { lon: lon.toFixed(5), lat: lat.toFixed(5) }));
  }

  private mark(lon: number, lat: number): void {
    if (this.map === null) return;
    this.marker ??= new maplibre.Marker({ color: "#a8261f" });
    this.marker.setLngLat([lon, lat]).addTo(this.map);
  }

  /** What was typed into the fields shows on the map, as long as it is WGS 84. */
  private follow(): void {
    const lon = Number(this.field("lon")?.value);
    const lat = Number(this.field("lat")?.value);
    if ((this.field("crs")?.value || "wgs84") !== "wgs84" || !(lon >= 70 && lon <= 140 && lat >= 3 && lat <= 55)) return;
    this.mark(lon, lat);
    this.map?.setCenter([lon, lat]);
  }

  private askDevice(): void {
    this.say(word("正在定位…"));
    navigator.geolocation.getCurrentPosition(
      (found) => {
        this.put(found.coords.longitude, found.coords.latitude);
        this.map?.jumpTo({ center: [found.coords.longitude, found.coords.latitude], zoom: 15 });
      },
      () => this.say(word("没有取到位置：请允许本页使用位置，或在地图上点一下。")),
      { enableHighAccuracy: true, timeout: ANSWERS_WITHIN, maximumAge: 30_000 },
    );
  }

  /** The borders of the area, so that people see where they are. */
  private async ground(): Promise<void> {
    const src = this.getAttribute("src");
    if (src === null || this.map === null) return;
    const reply = await fetch(src, { headers: { Accept: "application/geo+json" } }).catch(() => null);
    if (reply === null || !reply.ok || this.map === null) return;
    const answer = (await reply.json()) as Answer;
    this.map.addSource("ground", { type: "geojson", data: answer });
    this.map.addLayer({ id: "borders", type: "line", source: "ground", paint: { "line-color": "#667", "line-width": 1.5 } });
    const bounds = boundsOf(answer);
    if (bounds !== null) this.map.fitBounds(bounds, { padding: 16, animate: false });
    this.follow();
  }
}
