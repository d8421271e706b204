/**
 * The service worker: keeps the pages' own files, so that they open without a server; sends the outbox when the browser
 * wakes it. What it keeps stands in `self.GUATU_PHONE`, written before this code by the server. It never keeps data:
 * lists, drafts and the outbox are in the phone's store, and no answer of the server with data is cached.
 */
import { sendAll } from "./outbox";
import { openStore } from "./store";

interface Kept {
  version: string;
  files: string[];
  shell: string;
}

interface WorkerScope {
  GUATU_PHONE: Kept;
  registration: { scope: string };
  clients: { claim(): Promise<void>; matchAll(): Promise<{ postMessage(said: unknown): void }[]> };
  skipWaiting(): Promise<void>;
  addEventListener(type: string, listener: (event: WorkerEvent) => void): void;
}

interface WorkerEvent {
  request: Request;
  tag?: string;
  data?: { kind?: string };
  waitUntil(work: Promise<unknown>): void;
  respondWith(reply: Promise<Response>): void;
}

const worker = globalThis as unknown as WorkerScope;
const { version, files, shell } = worker.GUATU_PHONE;
const CACHE = `guatu-phone-${version}`;
const KEPT = new Set(files);

worker.addEventListener("install", (event) => {
  // All or nothing: a version that is not whole does not begin. The old one goes on until the person says so.
  event.waitUntil(
    caches.open(CACHE).then((cache) => cache.addAll(files.map((file) => new Request(file, { cache: "reload", credentials: "same-origin" })))),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith("guatu-phone-") && name !== CACHE) await caches.delete(name);
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener("message", (event) => {
  if (event.data?.kind === "take-over") event.waitUntil(worker.skipWaiting());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const address = new URL(request.url);
  if (address.origin !== location.origin) return;
  if (request.mode === "navigate" && address.pathname === shell) event.respondWith(keptOr(new Request(shell)));
  else if (KEPT.has(address.pathname)) event.respondWith(keptOr(request));
});

async function keptOr(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, { ignoreSearch: true, ignoreVary: true })) ?? fetch(request);
}

worker.addEventListener("sync", (event) => {
  if (event.tag === "guatu-outbox") event.waitUntil(send());
});

/** Send with the page closed. What is left makes the browser come again. */
async function send(): Promise<void> {
  const store = await openStore();
  const end = await sendAll(store);
  for (const client of await worker.clients.matchAll()) client.postMessage({ kind: "sent" });
  if (end === "signal" || end === "held") throw new Error("not everything is sent yet");
}
