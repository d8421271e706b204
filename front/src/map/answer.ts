/** The GeoJSON a map asks for, and what is worked out from it before drawing. */
import type { Feature, FeatureCollection, Geometry, Point, Position } from "geojson";
import type { Sense, Tone } from "./palette";

/**
 * `role` says what a feature is:
 *   outline  the border around everything (the district); drawn as a line
 *   area     an area with a value: polygon, or a labelled square when `tile` is true (no real border is known)
 *   point    a place or a case
 */
export interface Properties {
  role: "outline" | "area" | "point";
  code?: string;
  name: string;
  tile?: boolean;
  /** An outline that is not the area's own but that of the nearest one above with a known border. */
  above?: boolean;
  value?: number | null;
  /** The value as people read it, e.g. “85%”; and the two counts of a rate, “252 / 297”. */
  text?: string;
  parts?: string;
  href?: string;
  tone?: Tone;
  /** How many things the point stands for; shown beside it when given. `code` then names the area it belongs to. */
  count?: number;
  /** Further lines of the hover card. */
  lines?: string[];
}

export interface Story {
  label: string;
  unit: string;
  sense: Sense;
  /** Lower bounds of the second to the last step; worked out from the values when empty. */
  steps: number[];
  attributions: string[];
  as_of: string;
  bounds?: [number, number, number, number];
}

export type Answer = FeatureCollection<Geometry, Properties> & { guatu: Story };
export type Shape = Feature<Geometry, Properties>;

/** Bounds of the classes: given ones, else at most four even steps through the values. */
export function stepsOf(answer: Answer, most = 4): number[] {
  if (answer.guatu.steps.length > 0) return answer.guatu.steps.slice(0, most);
  const values = answer.features
    .map((shape) => shape.properties.value)
    .filter((value): value is number => typeof value === "number");
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  if (distinct.length < 2) return [];
  if (distinct.length <= most + 1) return distinct.slice(1);
  const low = distinct[0] ?? 0;
  const high = distinct.at(-1) ?? low;
  const raw = (high - low) / (most + 1);
  const unit = 10 ** Math.floor(Math.log10(raw));
  const nice = [1, 2, 5, 10].map((n) => n * unit).find((n) => n >= raw) ?? raw;
  const first = Math.ceil((low + Number.EPSILON) / nice) * nice;
  const steps: number[] = [];
  for (let at = first === low ? first + nice : first; at <= high && steps.length < most; at += nice) steps.push(+at.toFixed(6));
  return steps;
}

/** Which class a value falls into, 0 … steps.length. */
export function classOf(value: number, steps: readonly number[]): number {
  return steps.filter((step) => value >= step).length;
}

/** A point inside the largest ring of an area, where its label stands. */
export function labelPoint(geometry: Geometry): Position | null {
  const rings: Position[][] =
    geometry.type === "Polygon"
      ? [geometry.coordinates[0] ?? []]
      : geometry.type === "MultiPolygon"
        ? geometry.coordinates.map((polygon) => polygon[0] ?? [])
        : [];
  let best: { area: number; at: Position } | null = null;
  for (const ring of rings) {
    const found = centre(ring);
    if (found !== null && (best === null || found.area > best.area)) best = found;
  }
  return best?.at ?? null;
}

function centre(ring: readonly Position[]): { area: number; at: Position } | null {
  let twice = 0;
  let x = 0;
  let y = 0;
  for (let i = 0; i + 1 < ring.length; i++) {
    const [ax, ay] = ring[i] as [number, number];
    const [bx, by] = ring[i + 1] as [number, number];
    const cross = ax * by - bx * ay;
    twice += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return twice === 0 ? null : { area: Math.abs(twice / 2), at: [x / (3 * twice), y / (3 * twice)] };
}

/** What must be in view: everything with an extent; `close`: only the areas, for a small screen. */
export function boundsOf(answer: Answer, close = false): [number, number, number, number] | null {
  if (answer.guatu.bounds !== undefined) return answer.guatu.bounds;
  const wanted = answer.features.filter(({ properties: { role } }) => role === "area" || (role === "outline" && !close));
  let box: [number, number, number, number] | null = null;
  const take = (at: unknown): void => {
    if (!Array.isArray(at)) return;
    const [x, y] = at as unknown[];
    if (typeof x === "number" && typeof y === "number") {
      box = box === null ? [x, y, x, y] : [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)];
    } else {
      at.forEach(take);
    }
  };
  for (const shape of wanted.length > 0 ? wanted : answer.features) {
    if ("coordinates" in shape.geometry) take(shape.geometry.coordinates);
  }
  return box;
}

export function pointOf(shape: Shape): Position | null {
  return shape.geometry.type === "Point" ? (shape.geometry as Point).coordinates : labelPoint(shape.geometry);
}
