/** From an answer to what MapLibre draws: sources and layers. No tile server and no glyph server is ever asked. */
import type { Feature, FeatureCollection, Point } from "geojson";
import type { AddLayerObject, StyleSpecification } from "maplibre-gl";
import { classOf, pointOf, type Answer } from "./answer";
import type { Palette } from "./palette";

/** Fonts of the reader's own machine; the Chinese letters are drawn there, so no font file travels. */
export const LABEL_FONTS = '"Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif';
const COLOURS = 5;

type Layer = Exclude<AddLayerObject, { type: "custom" }>;

export function emptyStyle(colours: Palette, tiles: string | null, by: string | null): StyleSpecification {
  return {
    version: 8,
    sources:
      tiles === null
        ? {}
        : { ground: { type: "raster", tiles: [new URL(tiles, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}")], tileSize: 256, ...(by === null ? {} : { attribution: by }) } },
    layers: [
      { id: "paper", type: "background", paint: { "background-color": colours.paper } },
      ...(tiles === null ? [] : [{ id: "ground", type: "raster" as const, source: "ground", paint: { "raster-opacity": 0.6 } }]),
    ],
  };
}

interface Drawn {
  at: number;
  code: string;
  tile: boolean;
  label: string;
  /** 0 … 4, or -1 without a value. */
  step: number;
  tone: string;
}

/** Sources by name. `at` leads from a drawn feature back to its place in the answer. */
export function drawnSources(answer: Answer, steps: readonly number[]): Record<string, FeatureCollection> {
  const shapes: Feature[] = [];
  const labels: Feature[] = [];
  const points: Feature[] = [];
  answer.features.forEach((shape, at) => {
    const { role, code = "", name, tile = false, value, text = "", tone = "place" } = shape.properties;
    const step = typeof value === "number" ? spread(classOf(value, steps), steps.length) : -1;
    const drawn: Drawn = { at, code, tile, label: text === "" ? name : `${name}\n${text}`, step, tone };
    if (role === "point") {
      points.push({ type: "Feature", geometry: shape.geometry, properties: drawn });
      return;
    }
    shapes.push({ type: "Feature", geometry: shape.geometry, properties: { ...drawn, role } });
    const middle = role === "area" ? pointOf(shape) : null;
    if (middle !== null) {
      const geometry: Point = { type: "Point", coordinates: middle };
      labels.push({ type: "Feature", geometry, properties: drawn });
    }
  });
  const collect = (features: Feature[]): FeatureCollection => ({ type: "FeatureCollection", features });
  return { shapes: collect(shapes), labels: collect(labels), points: collect(points) };
}

function spread(step: number, last: number): number {
  return last === 0 ? 0 : Math.round((step * (COLOURS - 1)) / last);
}

/** `size` is the size of the page's letters against 16 px: a wall's labels grow with the wall. */
export function drawnLayers(colours: Palette, size: number): Layer[] {
  const fill = colours.steps.map((step) => step.fill);
  const letters = colours.steps.map((step) => step.letter);
  const byStep = (list: readonly string[]): unknown => ["match", ["get", "step"], ...list.flatMap((colour, i) => [i, colour]), colours.paper];
  const letterByStep = ["match", ["get", "step"], ...letters.flatMap((colour, i) => [i, colour]), colours.letter];
  const haloByStep = ["match", ["get", "step"], ...fill.flatMap((colour, i) => [i, colour]), colours.paper];
  const area = ["==", ["get", "role"], "area"];
  const tile = ["==", ["get", "tile"], true];
  const known = [">=", ["get", "step"], 0];
  const all = (...parts: unknown[]): never => ["all", ...parts] as never;
  return [
    { id: "areas", type: "fill", source: "shapes", filter: all(area, ["!", tile], known), paint: { "fill-color": byStep(fill) as never } },
    { id: "areas-unknown", type: "fill", source: "shapes", filter: all(area, ["!", known]), paint: { "fill-pattern": "hatch" } },
    { id: "tiles", type: "fill", source: "shapes", filter: all(area, tile, known), paint: { "fill-color": byStep(fill) as never, "fill-antialias": false } },
    { id: "borders", type: "line", source: "shapes", filter: all(area, ["!", tile]), paint: { "line-color": colours.border, "line-width": 1 } },
    { id: "outline", type: "line", source: "shapes", filter: all(["==", ["get", "role"], "outline"]), paint: { "line-color": colours.outline, "line-width": 2.5 } },
    { id: "chosen", type: "line", source: "shapes", filter: ["==", ["get", "code"], ""] as never, paint: { "line-color": colours.chosen, "line-width": 3 } },
    {
      id: "labels",
      type: "symbol",
      source: "labels",
      layout: {
        "text-field": ["get", "label"],
        "text-size": ["interpolate", ["linear"], ["zoom"], 8, 11 * size, 10, 15 * size, 12, 20 * size] as never,
        "text-line-height": 1.25,
        "text-max-width": 7,
        "text-padding": 1,
      },
      paint: { "text-color": letterByStep as never, "text-halo-color": haloByStep as never, "text-halo-width": 1.6 },
    },
    {
      id: "points",
      type: "symbol",
      source: "points",
      layout: { "icon-image": ["get", "tone"], "icon-allow-overlap": true, "icon-ignore-placement": true, "symbol-sort-key": ["case", ["==", ["get", "tone"], "late"], 1, 0] as never },
    },
  ];
}
