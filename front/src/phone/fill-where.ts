/** Positions as forms write them ("lat lon altitude accuracy; …") and the sums made of them. */
import { say } from "./fill-words";

export interface Reading {
  lat: number;
  lon: number;
  altitude: number;
  accuracy: number;
}

/** Readings one after the other until the answer is called. `failed` when the phone gives none. */
export function watchPlace(found: (at: Reading) => void, failed: () => void): () => void {
  if (!("geolocation" in navigator)) {
    queueMicrotask(failed);
    return () => undefined;
  }
  const id = navigator.geolocation.watchPosition(
    ({ coords }) => found({ lat: coords.latitude, lon: coords.longitude, altitude: coords.altitude ?? 0, accuracy: coords.accuracy }),
    failed,
    { enableHighAccuracy: true, timeout: 60_000, maximumAge: 0 },
  );
  return () => navigator.geolocation.clearWatch(id);
}

/** One position as forms write it, for a form that asks for it by itself; "" when there is none within 20 seconds. */
export function onePlace(): Promise<string> {
  return new Promise((resolve) => {
    let stop: () => void = () => undefined;
    const end = (text: string): void => {
      stop();
      window.clearTimeout(limit);
      resolve(text);
    };
    const limit = window.setTimeout(() => end(""), 20_000);
    stop = watchPlace((at) => end(toText([at])), () => end(""));
  });
}

export function toText(points: readonly Reading[]): string {
  const round = (n: number, places: number): string => String(Number(n.toFixed(places)));
  return points.map((at) => [round(at.lat, 7), round(at.lon, 7), round(at.altitude, 1), round(at.accuracy, 1)].join(" ")).join("; ");
}

export function fromText(text: string): Reading[] {
  return text
    .split(";")
    .map((one) => one.trim().split(/\s+/).map(Number))
    .filter((parts) => parts.length >= 2 && parts.every((n) => Number.isFinite(n)))
    .map(([lat = 0, lon = 0, altitude = 0, accuracy = 0]) => ({ lat, lon, altitude, accuracy }));
}

export function readingText(at: Reading): string {
  return say("纬度 {lat}，经度 {lon}，精度 {accuracy} 米", { lat: at.lat.toFixed(6), lon: at.lon.toFixed(6), accuracy: Math.round(at.accuracy) });
}

const RADIUS = 6_371_008.8;
const rad = (degrees: number): number => (degrees * Math.PI) / 180;

/** Metres along the points. */
export function lengthOf(points: readonly Reading[]): number {
  let sum = 0;
  for (let i = 1; i < points.length; i += 1) {
    const [a, b] = [points[i - 1], points[i]];
    if (a === undefined || b === undefined) continue;
    const half = Math.sin(rad(b.lat - a.lat) / 2) ** 2 + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(rad(b.lon - a.lon) / 2) ** 2;
    sum += 2 * RADIUS * Math.asin(Math.sqrt(half));
  }
  return sum;
}

/** Square metres inside the points, on a plane that touches the first: good to a thousandth for a neighbourhood. */
export function sizeOf(points: readonly Reading[]): number {
  const scale = Math.cos(rad(points[0]?.lat ?? 0));
  let twice = 0;
  points.forEach((a, i) => {
    const b = points[(i + 1) % points.length] ?? a;
    twice += rad(a.lon) * rad(b.lat) - rad(b.lon) * rad(a.lat);
  });
  return (Math.abs(twice) / 2) * scale * RADIUS ** 2;
}
