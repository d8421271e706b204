/** What goes on behind the pages: sending, synchronising, the worker, and the bars that tell about it. */
import { make } from "../make";
import { waitAfter, sendAll, type End } from "./outbox";
import { onChange, openStore, setPerson } from "./store";
import { syncAll, type SyncEnd } from "./sync";
import { button, failed, link } from "./ui";
import { say } from "./words";

const SYNC_EVERY_MS = 60_000;

let tries = 0;
let timer = 0;
let redraw: () => void = () => undefined;
let waitingWorker: ServiceWorker | null = null;
let syncing = false;
let wanted: "" | "yes" | "force" = "";

/** What stands in the way at the moment. */
export const standing: { end: End | SyncEnd | ""; lastSync: number } = { end: "", lastSync: 0 };

/** Send what waits, then see whether the server has something new. Safe to call at any moment, from any tab. */
export async function work(force = false): Promise<void> {
  window.clearTimeout(timer);
  if (syncing) {
    // What came in between (a tap, another person) is looked at right after, not a minute later.
    wanted = force || wanted === "force" ? "force" : "yes";
    return;
  }
  syncing = true;
  redraw();
  try {
    const store = await openStore();
    const sent = store.who === undefined ? "done" : await sendAll(store);
    if (sent === "signal") tries += 1;
    else tries = 0;
    standing.end = sent;
    if (sent !== "sign-in" && sent !== "other-person" && (force || sent !== "signal")) {
      const end = await syncAll(store, force);
      if (end !== "elsewhere") standing.end = end === "done" ? sent : end;
      if (end === "signal") tries = Math.max(tries, 1);
    }
    standing.lastSync = Date.now();
    timer = window.setTimeout(() => void work().catch(failed), sent === "held" ? 1000 : tries > 0 ? waitAfter(tries) : SYNC_EVERY_MS);
  } finally {
    syncing = false;
    redraw();
    if (wanted !== "") {
      const again = wanted === "force";
      wanted = "";
      window.clearTimeout(timer);
      timer = window.setTimeout(() => void work(again).catch(failed), 0);
    }
  }
}

export function isSyncing(): boolean {
  return syncing;
}

/** Something was put into the outbox: go soon, and let the browser go later if the page is closed. */
export function nudge(): void {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void work().catch(failed), 300);
  void navigator.serviceWorker?.ready
    .then((worker) => (worker as ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } }).sync?.register("guatu-outbox"))
    .catch(() => undefined);
}

export function beginWork(changed: () => void): void {
  redraw = changed;
  window.addEventListener("online", () => void work().catch(failed));
  window.addEventListener("offline", changed);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void work().catch(failed);
  });
  onChange((topics) => {
    if (topics.includes("person")) void work(true).catch(failed);
  });
  void navigator.storage?.persist?.().catch(() => false);
  void openStore().then((store) => store.tidy()).catch(() => undefined);
  void register().catch(() => undefined);
  void work(true).catch(failed);
}

// ------------------------------------------------------------------------------------------------ the worker

async function register(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const worker = await navigator.serviceWorker.register("/m/sw.js", { scope: "/m/", updateViaCache: "none" });
  const look = (): void => {
    // Without a controller it is the first one, and nothing old is running.
    waitingWorker = navigator.serviceWorker.controller === null ? null : worker.waiting;
    redraw();
  };
  look();
  worker.addEventListener("updatefound", () => worker.installing?.addEventListener("statechange", look));
  navigator.serviceWorker.addEventListener("message", (event: MessageEvent<{ kind?: string }>) => {
    if (event.data.kind === "sent") redraw();
  });
  window.setInterval(() => void worker.update().catch(() => undefined), 30 * 60_000);
}

/** Let the new version take over. Drafts are in the store and stay; a page that is filling keeps first. */
async function update(): Promise<void> {
  const kept: Promise<unknown>[] = [];
  document.dispatchEvent(new CustomEvent("guatu-phone:leaving", { detail: { wait: (work: Promise<unknown>) => kept.push(work) } }));
  await Promise.all(kept);
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waitingWorker?.postMessage({ kind: "take-over" });
}

// ------------------------------------------------------------------------------------------------ the bars

export async function bars(place: HTMLElement): Promise<void> {
  const store = await openStore();
  const found: HTMLElement[] = [];
  const bar = (tone: string, ...children: (Node | string)[]): number => found.push(make("div", { class: `alert ${tone}` }, ...children));
  if (waitingWorker !== null) bar("good", button(say("有新版本，点此更新"), update, "button wide"));
  if (!store.durable) bar("bad", say("这个浏览器不能保存内容，关闭页面就会丢失。请点右上角菜单，选择“在浏览器打开”。"));
  else if (!("serviceWorker" in navigator)) {
    const why = globalThis.isSecureContext ? say("这个浏览器不支持离线页面。请用系统浏览器打开。") : say("地址不是 https。");
    bar("", say("没有信号时打不开本页：{why}有信号时照常使用，填写的内容仍保存在手机里。", { why }));
  }
  const name = store.who?.name ?? "";
  if (standing.end === "sign-in") {
    const sentence = store.who === undefined ? say("还没有登录。请登录后取回您的清单。") : say("登录已过期。未发送的内容都在，请{name}重新登录。", { name });
    const to = link(`/accounts/login/?next=${encodeURIComponent("/m/")}`, say("登录"));
    to.className = "button";
    bar("warn", sentence, to);
  } else if (standing.end === "other-person") {
    bar(
      "warn",
      say("现在登录的是另一位同志。这部手机里是{name}的内容，没有发送，也没有混用。", { name }),
      button(say("切换到现在登录的人"), () => setPerson(undefined)),
    );
  } else if (standing.end === "signal" || !navigator.onLine) bar("", say("没有信号，内容都在手机里。"));
  place.replaceChildren(...found);
}
