import { clockTime, word } from "./words";

/**
 * <guatu-wall> keeps the panels of a wall current.
 *
 *   <guatu-wall data="/wall/jiading-2021/data" every="400">
 *     <p class="wall-stale" data-wall-stale hidden></p>
 *     <section class="wall-panel" id="late" data-tag="7f3a…"> …HTML of the panel… </section>
 *     <section class="wall-panel" id="map"  data-tag="01bc…">
 *       <nav data-map-choices><a href="?map=tasks.rate" data-src="/wall/…/map?indicator=tasks.rate"
 *            data-data="/wall/…/data?map=tasks.rate" aria-current="true">任务完成率</a>…</nav>
 *       <guatu-map src="/wall/…/map?indicator=tasks.rate" theme="dark">…table…</guatu-map>
 *     </section>
 *   </guatu-wall>
 *
 * Asks `data` every `every` milliseconds “is this still your tag?” (If-None-Match) and mostly hears 304. A 200 brings
 * `{"as_of": "…", "panels": [{"id", "tag", "html"}]}`; only panels whose tag differs are put in. Numbers carry
 * `data-figure="key"`; those whose text changed are marked `.changed` for a few seconds, nothing else moves.
 * A panel holding a <guatu-map> keeps its map: the map asks for its own data again and its table is exchanged.
 *
 * When the page is hidden it asks every 10 s; when the server does not answer it asks ever more slowly (15 s at most)
 * and says since when the numbers stand. After a sign-out it stops and says so.
 *
 * Tells `guatu-wall:panel` (detail: id, and when it was put in) after each exchange.
 */
interface Panel {
  id: string;
  tag: string;
  html: string;
}
interface Reply {
  as_of: string;
  panels: Panel[];
}
interface MapElement extends HTMLElement {
  refresh?: () => Promise<boolean>;
}

const HIDDEN_MS = 10_000;
const SLOWEST_MS = 15_000;
const STALE_AFTER_MS = 4_000;
const MARKED_MS = 6_000;

export class GuatuWall extends HTMLElement {
  private timer = 0;
  private tag: string | null = null;
  private failures = 0;
  private heardAt = new Date();
  private stopped = false;

  connectedCallback(): void {
    this.stopped = false;
    this.addEventListener("click", this.onChoice);
    document.addEventListener("visibilitychange", this.onVisible);
    this.plan(0);
  }

  disconnectedCallback(): void {
    this.stopped = true;
    window.clearTimeout(this.timer);
    this.removeEventListener("click", this.onChoice);
    document.removeEventListener("visibilitychange", this.onVisible);
  }

  private onVisible = (): void => {
    if (!document.hidden) this.plan(0);
  };

  private plan(milliseconds: number): void {
    window.clearTimeout(this.timer);
    if (!this.stopped) this.timer = window.setTimeout(() => void this.ask(), milliseconds);
  }

  private pause(): number {
    const every = Math.max(Number(this.getAttribute("every") ?? "400") || 400, 100);
    const slowed = this.failures === 0 ? every : Math.min(every * 2 ** this.failures, SLOWEST_MS);
    return document.hidden ? Math.max(slowed, HIDDEN_MS) : slowed;
  }

  private async ask(): Promise<void> {
    const address = this.getAttribute("data");
    if (address === null) return;
    try {
      const reply = await fetch(address, {
        headers: { Accept: "application/json", ...(this.tag === null ? {} : { "If-None-Match": this.tag }) },
        cache: "no-store",
        signal: AbortSignal.timeout(SLOWEST_MS),
      });
      if (reply.redirected || reply.status === 401 || reply.status === 403) {
        this.stopped = true;
        this.say(word("登录已过期，请重新登录"), location.href);
        return;
      }
      if (reply.status !== 304) {
        if (!reply.ok) throw new Error(String(reply.status));
        const news = (await reply.json()) as Reply;
        this.tag = reply.headers.get("ETag");
        for (const panel of news.panels) this.exchange(panel);
      }
      this.failures = 0;
      this.heardAt = new Date();
      this.say("");
    } catch {
      this.failures += 1;
      if (Date.now() - this.heardAt.getTime() >= STALE_AFTER_MS) {
        this.say(word("数据截至 {time}，正在重新连接", { time: clockTime(this.heardAt) }));
      }
    }
    this.plan(this.pause());
  }

  private say(sentence: string, href?: string): void {
    const place = this.querySelector<HTMLElement>("[data-wall-stale]");
    this.classList.toggle("stale", sentence !== "");
    if (place === null || place.textContent === sentence) return;
    if (href === undefined) {
      place.textContent = sentence;
    } else {
      const link = document.createElement("a");
      link.href = href;
      link.textContent = sentence;
      place.replaceChildren(link);
    }
    place.hidden = sentence === "";
  }

  private exchange(panel: Panel): void {
    const place = this.querySelector<HTMLElement>(`#${CSS.escape(panel.id)}`);
    if (place === null || place.dataset["tag"] === panel.tag) return;
    const parsed = new DOMParser().parseFromString(panel.html, "text/html");
    const map = place.querySelector<MapElement>("guatu-map");
    if (map !== null) {
      exchangeTwin(map, parsed);
      void map.refresh?.();
    } else {
      const before = figures(place);
      const held = holder(place);
      place.replaceChildren(...parsed.body.childNodes);
      mark(place, before);
      restoreFocus(place, held);
    }
    place.dataset["tag"] = panel.tag;
    this.dispatchEvent(new CustomEvent("guatu-wall:panel", { bubbles: true, detail: { id: panel.id, at: Date.now() } }));
  }

  /** A chosen indicator changes the map where it stands; without script the link loads the page anew. */
  private onChoice = (event: MouseEvent): void => {
    const link = (event.target as Element | null)?.closest<HTMLAnchorElement>("[data-map-choices] a[data-src]");
    const src = link?.dataset["src"];
    const panel = link?.closest(".wall-panel");
    const map = panel?.querySelector("guatu-map");
    if (!link || src === undefined || !panel || !map || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    for (const other of panel.querySelectorAll("[data-map-choices] a")) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    map.setAttribute("src", src);
    // From now on the panels are asked for with this choice, so that the map's list follows.
    const address = link.dataset["data"];
    if (address !== undefined) {
      this.setAttribute("data", address);
      this.tag = null;
      this.plan(0);
    }
    map.setAttribute("label", link.textContent?.trim() ?? "");
    history.replaceState(null, "", link.href);
  };
}

function exchangeTwin(map: HTMLElement, parsed: Document): void {
  const old = map.querySelector("[data-twin]");
  const fresh = parsed.querySelector("[data-twin]");
  if (old !== null && fresh !== null) old.replaceWith(document.importNode(fresh, true));
}

function figures(place: ParentNode): Map<string, string> {
  const found = new Map<string, string>();
  for (const node of place.querySelectorAll<HTMLElement>("[data-figure]")) {
    found.set(node.dataset["figure"] ?? "", node.textContent ?? "");
  }
  return found;
}

function mark(place: HTMLElement, before: ReadonlyMap<string, string>): void {
  for (const node of place.querySelectorAll<HTMLElement>("[data-figure]")) {
    const old = before.get(node.dataset["figure"] ?? "");
    if (old === undefined || old === node.textContent) continue;
    node.classList.add("changed");
    node.title = word("已更新");
    window.setTimeout(() => node.classList.remove("changed"), MARKED_MS);
  }
}

/** Which link in the panel holds the keyboard focus, so that an exchange does not throw the reader out. */
function holder(place: HTMLElement): string | null {
  const active = document.activeElement;
  return active instanceof HTMLAnchorElement && place.contains(active) ? active.getAttribute("href") : null;
}

function restoreFocus(place: HTMLElement, href: string | null): void {
  if (href !== null) place.querySelector<HTMLElement>(`a[href="${CSS.escape(href)}"]`)?.focus({ preventScroll: true });
}
