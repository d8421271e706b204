import "./guatu-mention.css";
import { make } from "./make";

const WAITS = 200;
const MOST_LETTERS = 12;

interface Someone {
  readonly name: string;
  readonly unit: string;
}

/**
 * <guatu-mention> suggests names while somebody types “@” into the text field inside it. It writes the chosen name into
 * the text, nothing else: the server reads the names in the text, so the field works the same without script.
 *
 *   <guatu-mention src="/cases/joint/…/people/"><textarea …></textarea></guatu-mention>
 *
 * src  answers `?q=part of a name` with {"people": [{"name", "unit"}]}
 */
export class GuatuMention extends HTMLElement {
  private field: HTMLTextAreaElement | null = null;
  private list = make("ul", { class: "mention-list", role: "listbox", id: "mention-list", hidden: "" });
  private people: readonly Someone[] = [];
  private at = 0;
  private waiting = 0;
  private asking: AbortController | null = null;

  connectedCallback(): void {
    this.field = this.querySelector("textarea");
    const field = this.field;
    if (field === null || this.list.isConnected) return;
    field.after(this.list);
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.list.id);
    field.addEventListener("input", () => this.later());
    field.addEventListener("keydown", (event) => this.key(event));
    field.addEventListener("blur", () => window.setTimeout(() => this.close(), WAITS));
  }

  disconnectedCallback(): void {
    window.clearTimeout(this.waiting);
    this.asking?.abort();
  }

  /** What stands between the last @ and the cursor; null when no name is being typed. */
  private typed(): string | null {
    if (this.field === null) return null;
    const before = this.field.value.slice(0, this.field.selectionStart);
    const sign = Math.max(before.lastIndexOf("@"), before.lastIndexOf("＠"));
    const rest = before.slice(sign + 1);
    return sign < 0 || rest.length > MOST_LETTERS || /\s/.test(rest) ? null : rest;
  }

  private later(): void {
    window.clearTimeout(this.waiting);
    if (this.typed() === null) this.close();
    else this.waiting = window.setTimeout(() => void this.ask(), WAITS);
  }

  private async ask(): Promise<void> {
    const typed = this.typed();
    if (typed === null) return;
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const address = `${this.getAttribute("src") ?? ""}?q=${encodeURIComponent(typed)}`;
      const answer = await fetch(address, { signal: this.asking.signal, credentials: "same-origin" });
      const found = answer.ok ? ((await answer.json()) as { people: Someone[] }).people : [];
      this.show(found);
    } catch {
      this.close(); // typing went on, or there is no line: the name can still be written by hand
    }
  }

  private show(people: readonly Someone[]): void {
    this.people = people;
    this.at = 0;
    this.list.replaceChildren(
      ...people.map((each, index) => {
        const line = make("li", { role: "option", id: `mention-${index}` }, `${each.name} ${each.unit}`);
        line.addEventListener("mousedown", (event) => {
          event.preventDefault();
          this.choose(index);
        });
        return line;
      }),
    );
    this.list.hidden = people.length === 0;
    this.mark();
  }

  private mark(): void {
    [...this.list.children].forEach((line, index) => line.setAttribute("aria-selected", String(index === this.at)));
    if (this.list.hidden) this.field?.removeAttribute("aria-activedescendant");
    else this.field?.setAttribute("aria-activedescendant", `mention-${this.at}`);
  }

  private key(event: KeyboardEvent): void {
    if (this.list.hidden || event.isComposing) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) this.at = (this.at + step + this.people.length) % this.people.length;
    else if (event.key === "Enter" || event.key === "Tab") this.choose(this.at);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    this.mark();
  }

  private choose(index: number): void {
    const someone = this.people[index];
    const typed = this.typed();
    if (this.field === null || someone === undefined || typed === null) return;
    const end = this.field.selectionStart;
    this.field.setRangeText(`${someone.name} `, end - typed.length, end, "end");
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.close();
  }

  private close(): void {
    window.clearTimeout(this.waiting);
    this.people = [];
    this.list.hidden = true;
    this.mark();
  }
}
