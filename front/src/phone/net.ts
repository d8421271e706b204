/** Talking to the server: who we are, the page's token, and what time it is there. Works in pages and in the worker. */
import type { Store } from "./store";

const PATIENCE_MS = 60_000;

/** What the store keeps of the server's clock. offset: milliseconds to add to the phone's. seenAt: the server's time then. */
export interface Clock {
  offset: number;
  seenAt: string;
}

/** The network failed, or something in between (a hotel's sign-in page) answered in the server's place. */
export class NoSignal extends Error {
  override name = "NoSignal";
}

export async function ask(store: Store, address: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("Accept", "application/json, text/xml;q=0.9, */*;q=0.5");
  if (store.who !== undefined) headers.set("X-Guatu-Person", store.who.id);
  if (init.method === "POST") headers.set("X-CSRFToken", await token(store));
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  const began = Date.now();
  let reply: Response;
  try {
    reply = await fetch(address, { credentials: "same-origin", redirect: "manual", cache: "no-store", ...init, headers, signal: stop.signal });
  } catch {
    throw new NoSignal();
  } finally {
    clearTimeout(timer);
  }
  if (reply.type === "opaqueredirect") throw new NoSignal();
  await setWatch(store, reply, began);
  return reply;
}

async function setWatch(store: Store, reply: Response, began: number): Promise<void> {
  const there = Date.parse(reply.headers.get("X-Guatu-Now") ?? "");
  if (Number.isNaN(there)) return;
  const offset = Math.round(there - (began + Date.now()) / 2);
  const old = await store.meta<Clock>("clock");
  // The same within two seconds is the same: writing it again would wake every tab.
  if (old !== undefined && Math.abs(old.offset - offset) < 2000) await store.changeMeta<Clock>("clock", () => ({ offset: old.offset, seenAt: new Date(there).toISOString() }));
  else await store.setMeta("clock", { offset, seenAt: new Date(there).toISOString() });
}

async function token(store: Store): Promise<string> {
  if (typeof document !== "undefined") {
    const own = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1];
    if (own !== undefined) return own;
  }
  const jar = (globalThis as { cookieStore?: { get(name: string): Promise<{ value?: string } | null> } }).cookieStore;
  const kept = await jar?.get("csrftoken").catch(() => null);
  return kept?.value ?? (await store.meta<string>("csrf")) ?? "";
}

/** The body as JSON; undefined when it is anything else. */
export async function json(reply: Response): Promise<Record<string, unknown> | undefined> {
  if (!(reply.headers.get("Content-Type") ?? "").includes("json")) return undefined;
  try {
    const said: unknown = await reply.json();
    return typeof said === "object" && said !== null && !Array.isArray(said) ? (said as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The server's time now, as far as the phone knows. */
export async function serverNow(store: Store): Promise<Date> {
  return new Date(Date.now() + ((await store.meta<Clock>("clock"))?.offset ?? 0));
}

const DAY = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit" });

/** The office's day: 2021-09-16. */
export function dayOf(moment: Date): string {
  return DAY.format(moment);
}
