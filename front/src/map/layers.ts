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
  name: string;
  /** The value on a line of its own, or nothing. */
  said: string;
  /** 0 … 4, or -1 without a value. */
  step: number;
  tone: string;
  count: string;
  /** Points stand in the lower part of the area: its label moves up. */
  raised: boolean;
}

/** Sources by name. `at` leads from a drawn feature back to its place in the answer. */
export function drawnSources(answer: Answer, steps: readonly number[]): Record<string, FeatureCollection> {
  const shapes: Feature[] = [];
  const labels: Feature[] = [];
  const points: Feature[] = [];
  const stepOf = new Map<string, number>();
  const marked = new Set<string>();
  for (const { properties } of answer.features) {
    const { role, code = "", value } = properties;
    if (role === "area") stepOf.set(code, typeof value === "number" ? spread(classOf(value, steps), steps.length) : -1);
    if (role === "point" && code !== "") marked.add(code);
  }
  answer.features.forEach((shape, at) => {
    const { role, code = "", name, tile = false, text = "", tone = "place", count } = shape.properties;
    const said = text === "" ? "" : `\n${text}`;
    const number = count === undefined ? "" : String(count);
    const drawn: Drawn = { at, code, tile, name, said, step: stepOf.get(code) ?? -1, tone, count: number, raised: marked.has(code) };
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
  const letter = ["interpolate", ["linear"], ["zoom"], 8, 11 * size, 10, 15 * size, 12, 20 * size] as never;
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
        // The value is what is read from far away.
        "text-field": ["format", ["get", "name"], { "font-scale": 0.92 }, ["get", "said"], { "font-scale": 1.3 }] as never,
        "text-size": letter,
        "text-line-height": 1.15,
        "text-max-width": 7,
        "text-offset": ["case", ["get", "raised"], ["literal", [0, -0.55]], ["literal", [0, 0]]] as never,
        // A tile without its name says nothing; real areas drop labels that would lie over each other.
        "text-allow-overlap": true,
        "text-ignore-placement": false,
      },
      paint: { "text-color": letterByStep as never, "text-halo-color": haloByStep as never, "text-halo-width": 1.6 },
    },
    {
      id: "points",
      type: "symbol",
      source: "points",
      layout: {
        "icon-image": ["get", "tone"],
        "icon-size": Math.max(0.8, size * 0.9),
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
        "text-field": ["get", "count"],
        "text-size": letter,
        "text-anchor": "left",
        "text-offset": [0.7, 0],
        "text-allow-overlap": true,
        "text-ignore-placement": true,
        "symbol-sort-key": ["case", ["==", ["get", "tone"], "late"], 1, 0] as never,
      },
      paint: { "text-color": letterByStep as never, "text-halo-color": haloByStep as never, "text-halo-width": 1.2 },
    },
  ];
}
