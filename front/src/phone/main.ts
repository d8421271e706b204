/** The phone pages: one shell, pages by hash, everything out of the phone's own store. */
import "./phone.css";
import { make } from "../make";
import { bars, beginWork } from "./work";
import { ROUTES } from "./routes";
import { openStore, onChange, type Store } from "./store";
import { button, failed, link, toast, type Route } from "./ui";
import { say, setOffset } from "./words";
import type { Clock } from "./net";
import { preferences } from "./preferences";

const TABS = [
  { hash: "", word: "首页", sign: "⌂" },
  { hash: "places", word: "场所", sign: "▦" },
  { hash: "visits", word: "检查", sign: "✓" },
  { hash: "forms", word: "填报", sign: "✎" },
  { hash: "outbox", word: "发件箱", sign: "↑" },
] as const;

let leave: (() => unknown) | undefined;
let turn = 0;

function hash(): string {
  return location.hash.replace(/^#\/?/, "").replace(/\?.*$/, "");
}

function find(at: string): { route: Route; parameters: string[] } | undefined {
  for (const route of ROUTES) {
    const found = route.pattern.exec(at);
    if (found !== null) return { route, parameters: found.slice(1).map((part) => decodeURIComponent(part ?? "")) };
  }
  return undefined;
}

/** Show the page of the present hash. A page asked for later wins over one still loading. */
export async function show(main: HTMLElement, head: HTMLElement): Promise<void> {
  const mine = ++turn;
  const at = hash();
  const found = find(at);
  void leave?.();
  leave = undefined;
  const place = make("div", { class: "page" });
  head.replaceChildren(...headOf(found?.route));
  if (found === undefined) {
    main.replaceChildren(make("p", {}, say("没有这一页。"), " ", link("#/", say("首页"))));
    return;
  }
  document.title = `${found.route.title()} · ${say("挂图")}`;
  try {
    const page = await found.route.load();
    const store = await openStore();
    if (mine !== turn) return;
    main.replaceChildren(place);
    const left = await page(place, found.parameters, store);
    if (typeof left !== "function") return;
    if (mine === turn) leave = left;
    else void left();
  } catch (reason) {
    if (mine === turn) main.replaceChildren(make("p", { class: "note bad" }, say("这一页没有打开：{why}", { why: String(reason) })));
    console.error("guatu", reason);
  }
}

function headOf(route: Route | undefined): Node[] {
  const title = route?.title() ?? say("挂图");
  const back = route === undefined || route.back === "" ? null : link(`#/${route.back === "/" ? "" : route.back}`, "‹ ", say("返回"));
  back?.classList.add("back");
  const settings = link("#/settings", "⚙");
  settings.setAttribute("aria-label", say("设置"));
  settings.classList.add("gear");
  return [back ?? make("span", { class: "brand" }, say("挂图")), make("h1", { tabindex: "-1" }, title), settings];
}

async function tabs(nav: HTMLElement): Promise<void> {
  const store = await openStore();
  const waiting = (await store.outbox()).filter((item) => item.state !== "sent").length;
  const at = hash();
  nav.replaceChildren(
    ...TABS.map(({ hash: to, word, sign }) => {
      const here = to === "" ? at === "" : at === to || at.startsWith(`${to}/`);
      const made = link(`#/${to}`, make("span", { class: "sign", "aria-hidden": "true" }, sign), say(word));
      if (here) made.setAttribute("aria-current", "page");
      if (to === "outbox" && waiting > 0) made.append(make("span", { class: "count" }, String(waiting)));
      return made;
    }),
  );
}

/** What the pages show times by. */
async function setWatch(): Promise<void> {
  setOffset((await (await openStore()).meta<Clock>("clock"))?.offset ?? 0);
}

async function begin(): Promise<void> {
  const app = document.getElementById("app");
  if (app === null) return;
  preferences(undefined);
  const store: Store = await openStore();
  preferences(store.who);
  await setWatch();
  const head = make("header", { class: "bar" });
  const alerts = make("div", { class: "alerts", "aria-live": "polite" });
  const main = make("main", { id: "content" });
  const nav = make("nav", { class: "tabs", "aria-label": say("首页") });
  app.replaceChildren(head, alerts, main, nav);
  const refresh = (): void => {
    void tabs(nav).catch(failed);
    void bars(alerts).catch(failed);
  };
  window.addEventListener("hashchange", () => {
    void show(main, head).then(() => window.scrollTo(0, 0));
    refresh();
  });
  onChange((topics) => {
    if (topics.includes("meta")) void setWatch();
    if (topics.includes("person")) {
      void openStore().then((now) => {
        preferences(now.who);
        void show(main, head);
      });
    }
    if (topics.some((topic) => topic === "outbox" || topic === "person" || topic === "meta")) refresh();
  });
  document.addEventListener("guatu-phone:leaving", (event) => {
    (event as CustomEvent<{ wait(work: Promise<unknown>): void }>).detail.wait(Promise.resolve(leave?.()));
  });
  main.addEventListener("guatu-phone:say", (event) => toast((event as CustomEvent<string>).detail));
  refresh();
  await show(main, head);
  beginWork(refresh);
}

void begin().catch((reason: unknown) => {
  document.getElementById("starting")?.replaceChildren(String(reason));
  document.getElementById("app")?.append(button(say("重试"), () => location.reload()));
});
