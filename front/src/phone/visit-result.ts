/** The end of a visit: what follows, the inspector's own word, and who takes the order. */
import { draw } from "./fill-canvas";
import { newId, type Store } from "./store";
import { button, failed, field, make } from "./ui";
import type { Signing, Working } from "./visit-draft";
import { needsReason, OUTCOMES, propose, unanswered, unshown, type Outcome } from "./visit-rules";
import { say, type VisitWord } from "./visit-words";

export const OUTCOME_WORDS: Record<Outcome, VisitWord> = { pass: "合格", rectify: "责令整改", shut: "关停" };
const SIGNING: readonly (readonly [Signing, VisitWord])[] = [["signs", "签字"], ["refuses", "拒签"], ["later", "稍后送达"]];

export class Result {
  readonly node = make("section", { class: "result" });
  private readonly told = make("p", {});
  private readonly outcomes = make("div", { class: "outcomes", role: "group", "aria-label": say("检查结果") });
  private readonly taking = make("div", { class: "stack" });
  private readonly note = make("textarea", { rows: "3", maxlength: "500" });
  private readonly reason = make("p", { class: "hint" });
  private shown = "";

  constructor(
    private readonly store: Store,
    private readonly work: Working,
  ) {
    this.note.value = work.said.note;
    this.keepText(this.note, "note");
    for (const outcome of OUTCOMES) {
      const made = button(say(OUTCOME_WORDS[outcome]), async () => {
        // What follows anyway is no choice: it goes on following when a verdict changes.
        this.work.said.outcome = outcome === this.proposed ? "" : outcome;
        this.look();
        await this.work.keep();
      });
      made.dataset["outcome"] = outcome;
      this.outcomes.append(made);
    }
    this.node.append(make("h2", {}, say("检查结果")), this.told, this.outcomes, this.reason, field(say("检查说明"), this.note), this.taking);
    this.look();
  }

  get proposed(): Outcome {
    return propose(this.work.row, this.work.said.verdicts);
  }
  get outcome(): Outcome {
    return this.work.said.outcome === "" ? this.proposed : this.work.said.outcome;
  }
  get ordered(): boolean {
    return this.outcome !== "pass";
  }

  look(): void {
    const { row, said } = this.work;
    const unmet = row.items.filter((item) => said.verdicts[item.id] === "not_met").map((item) => item.number);
    this.told.textContent = say("按检查表应为：{outcome}", { outcome: say(OUTCOME_WORDS[this.proposed]) }) + (unmet.length > 0 ? say("（{numbers} 不符合）", { numbers: unmet.join("、") }) : "");
    for (const made of this.outcomes.querySelectorAll("button")) made.setAttribute("aria-pressed", String(made.dataset["outcome"] === this.outcome));
    this.reason.textContent = needsReason(this.outcome, this.proposed) ? say("请写明为什么改变结果") : say("可以从严；从宽须写明理由。");
    this.reason.className = needsReason(this.outcome, this.proposed) ? "wrong" : "hint";
    const wanted = this.ordered ? `${said.signing} ${said.signature}` : "";
    if (wanted === this.shown) return;
    this.shown = wanted;
    void this.sign().catch(failed);
  }

  /** What is still missing, in words; "" when it can go. */
  missing(): string {
    const { row, said } = this.work;
    const open = unanswered(row, said.verdicts);
    const numbers = (items: { number: string }[]): string => items.slice(0, 8).map((item) => item.number).join("、");
    if (open.length > 0) return say("还有 {count} 项没有结论：{numbers}", { count: open.length, numbers: numbers(open) });
    const bare = unshown(row, said.verdicts, said.photos);
    if (bare.length > 0) return say("须拍照的项还没有照片：{numbers}", { numbers: numbers(bare) });
    if (needsReason(this.outcome, this.proposed) && said.note.trim() === "") return say("请写明为什么改变结果");
    if (!this.ordered || said.signing === "later") return "";
    if (said.signing === "refuses") return said.witness.trim() === "" ? say("拒签须写明见证人。") : "";
    if (said.name.trim() === "" || said.capacity.trim() === "") return say("请填写签收人姓名和身份。");
    return said.signature === "" ? say("请签名。") : "";
  }

  private async sign(): Promise<void> {
    const { said } = this.work;
    const picture = said.signature === "" ? undefined : await this.store.file(said.signature);
    if (!this.ordered) {
      this.taking.replaceChildren();
      return;
    }
    const ways = make("div", { class: "outcomes", role: "group", "aria-label": say("签收通知书") });
    for (const [way, word] of SIGNING) {
      const made = button(say(word), async () => {
        said.signing = way;
        this.look();
        await this.work.keep();
      });
      made.setAttribute("aria-pressed", String(said.signing === way));
      ways.append(made);
    }
    const parts: Node[] = [make("h2", {}, say("签收通知书")), ways];
    if (said.signing === "signs") {
      const again = button(said.signature === "" ? say("点此签名") : say("重新签名"), () => this.draw());
      const shown = picture === undefined ? null : make("img", { src: URL.createObjectURL(picture.blob), alt: say("签名图") });
      parts.push(field(say("姓名"), this.text("name", 60)), field(say("身份"), this.text("capacity", 40), say("店长、经营者、值班人")), make("div", { class: "signature" }, shown, again));
    } else if (said.signing === "refuses") parts.push(field(say("见证人"), this.text("witness", 60)));
    this.taking.replaceChildren(...parts);
  }

  private async draw(): Promise<void> {
    const blob = await draw("signature", null);
    if (blob === null) return;
    const id = newId();
    this.work.said.signature = id;
    await this.work.keep([{ id, owner: "", name: "signature.png", type: blob.type, blob, size: blob.size, madeAt: Date.now() }]);
    this.look();
  }

  private text(name: "name" | "capacity" | "witness", most: number): HTMLInputElement {
    const made = make("input", { name, maxlength: String(most), autocomplete: "off" });
    made.value = this.work.said[name];
    this.keepText(made, name);
    return made;
  }

  private keepText(input: HTMLInputElement | HTMLTextAreaElement, name: "note" | "name" | "capacity" | "witness"): void {
    input.addEventListener("input", () => {
      this.work.said[name] = input.value;
      void this.work.keep().catch(failed);
    });
  }
}
