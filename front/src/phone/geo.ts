/** Where the phone is: WGS 84, with its accuracy, or a sentence why not. Never waits longer than told. */
import type { Spot } from "./store";

export type Where = { spot: Spot } | { why: "denied" | "none" | "slow" | "insecure" };

let last: Spot | undefined;

export function spotNow(patience = 10_000, freshMs = 60_000): Promise<Where> {
  if (!("geolocation" in navigator)) return Promise.resolve({ why: "none" });
  if (!globalThis.isSecureContext) return Promise.resolve({ why: "insecure" });
  if (last !== undefined && Date.now() - Date.parse(last.at) < freshMs) return Promise.resolve({ spot: last });
  return new Promise((resolve) => {
    // Some phones never answer while they ask the person: our own patience ends first.
    const timer = setTimeout(() => resolve({ why: "slow" }), patience + 500);
    navigator.geolocation.getCurrentPosition(
      (found) => {
        clearTimeout(timer);
        last = {
          lon: Number(found.coords.longitude.toFixed(6)),
          lat: Number(found.coords.latitude.toFixed(6)),
          accuracy: Math.round(found.coords.accuracy),
          at: new Date(found.timestamp).toISOString(),
        };
        resolve({ spot: last });
      },
      (reason) => {
        clearTimeout(timer);
        resolve({ why: reason.code === reason.PERMISSION_DENIED ? "denied" : "slow" });
      },
      { enableHighAccuracy: true, timeout: patience, maximumAge: freshMs },
    );
  });
}
