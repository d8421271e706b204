import "./guatu-gantt.css";
import { make } from "./make";
import { word } from "./words";

/**
 * <guatu-gantt> lets a person move in a schedule drawn by the server: opens at today, zooms week / month / quarter.
 *
 *   <guatu-gantt days="365" today="258.4">
 *     <div class="gantt-names">                      names stay still while time scrolls
 *       <div class="gantt-head">任务</div>
 *       <ol><li><a href="/plan/tasks/…">华江公路人行道维修</a> <span>江桥镇</span></li>…</ol>
 *     </div>
 *     <div class="gantt-scroll" tabindex="0" role="region" aria-label="进度表">
 *       <svg width="1460" height="640" role="img" aria-label="…">
 *         <g data-scale="week"><line x1="3.8%" x2="3.8%" y1="0" y2="640"/><text x="4%" y="22">第37周</text>…</g>
 *         <g data-scale="month">…</g>
 *         <g data-scale="quarter">…</g>
 *         <line class="gantt-today" x1="70.8%" x2="70.8%" y1="0" y2="640"/>
 *         <a href="/plan/tasks/…"><rect class="gantt-bar" data-state="late" x="41%" width="12.5%" y="44" height="20"/></a>
 *         <text class="gantt-mark" data-state="late" x="54%" y="60">▲ 逾期</text>
 *       </svg>
 *     </div>
 *   </guatu-gantt>
 *
 * The names may also stand inside `.gantt-scroll` (sticky at its left edge), and the head of the axis may be a second
 * SVG there (sticky at its top edge): every outermost SVG is given the same width.
 *
 * Every x and width in the SVG is a percentage of the whole period (`100 * day / days`), every y a pixel: so zooming
 * only changes the width of the SVG, words keep their shape, and without script the chart stands at the width the
 * server gave it. A head is 32 px high and a row 32 px (`--gantt-row`). `days` is the length of the period, `today`
 * the days since its beginning; states are the tones of docs/pages.md 6.
 */
const PIXELS_PER_DAY = { week: 24, month: 8, quarter: 3 } as const;
type Scale = keyof typeof PIXELS_PER_DAY;
const NAMES = { week: "周", month: "月", quarter: "季" } as const;
const KEPT = "guatu-gantt-scale";

export class GuatuGantt extends HTMLElement {
  private stage: HTMLElement | null = null;
  private charts: SVGSVGElement[] = [];
  private bar: HTMLElement | null = null;

  connectedCallback(): void {
    this.stage = this.querySelector(".gantt-scroll");
    this.charts = [...(this.stage?.querySelectorAll("svg") ?? [])].filter((svg) => svg.ownerSVGElement === null);
    if (this.stage === null || this.charts.length === 0 || this.bar !== null) return;
    this.bar = make("div", { class: "gantt-tools", role: "group", "aria-label": word("时间比例") });
    for (const scale of Object.keys(PIXELS_PER_DAY) as Scale[]) {
      const button = make("button", { type: "button", "data-scale": scale }, word(NAMES[scale]));
      button.addEventListener("click", () => this.zoom(scale));
      this.bar.append(button);
    }
    const today = make("button", { type: "button", class: "gantt-to-today" }, word("回到今天"));
    today.addEventListener("click", () => this.toToday("smooth"));
    this.bar.append(today);
    this.prepend(this.bar);
    this.zoom(keptScale());
    this.toToday("instant");
  }

  disconnectedCallback(): void {
    this.bar?.remove();
    this.bar = null;
  }

  private number(name: string): number {
    return Number(this.getAttribute(name) ?? "0") || 0;
  }

  /** The part of the window in which the chart is seen: names that stand inside cover the rest. */
  private seen(): number {
    const names = this.stage?.querySelector(".gantt-names");
    return (this.stage?.clientWidth ?? 0) - (names?.getBoundingClientRect().width ?? 0);
  }

  private drawn(): number {
    return this.charts[0]?.getBoundingClientRect().width || 1;
  }

  /** Changes the width of the chart and keeps the day in the middle of the window where it is. */
  private zoom(scale: Scale): void {
    if (this.stage === null) return;
    const middle = (this.stage.scrollLeft + this.seen() / 2) / this.drawn();
    const width = Math.max(this.number("days") * PIXELS_PER_DAY[scale], this.seen());
    for (const chart of this.charts) chart.style.width = `${width}px`;
    this.dataset["scale"] = scale;
    for (const button of this.bar?.querySelectorAll<HTMLElement>("[data-scale]") ?? []) {
      button.setAttribute("aria-pressed", String(button.dataset["scale"] === scale));
    }
    this.stage.scrollLeft = middle * width - this.seen() / 2;
    try {
      localStorage.setItem(KEPT, scale);
    } catch {
      // A browser that keeps nothing still shows the chart.
    }
  }

  private toToday(behavior: ScrollBehavior): void {
    if (this.stage === null) return;
    const share = this.number("today") / Math.max(this.number("days"), 1);
    const left = share * this.drawn() - this.seen() / 2;
    this.stage.scrollTo({ left, behavior });
  }
}

function keptScale(): Scale {
  try {
    const kept = localStorage.getItem(KEPT);
    if (kept !== null && kept in PIXELS_PER_DAY) return kept as Scale;
  } catch {
    // as above
  }
  return "month";
}
