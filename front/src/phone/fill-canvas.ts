/** A frame to sign or draw in: a sheet over the page; answers a PNG (over a photo a JPEG), or null when it was closed. */
import { button } from "./fill-dom";
import { make } from "../make";
import { say } from "./fill-words";

export type Drawing = "signature" | "draw" | "annotate";

interface Stroke {
  colour: string;
  points: [number, number][];
}

const COLOURS = [
  ["#111111", "黑"],
  ["#c2261c", "红"],
  ["#0b5fa5", "蓝"],
] as const;
const LONGEST = 1600;

export async function draw(kind: Drawing, under: Blob | null): Promise<Blob | null> {
  const picture = under === null ? null : await createImageBitmap(under).catch(() => null);
  return new Promise((resolve) => new Sheet(kind, picture, resolve).open());
}

class Sheet {
  private readonly strokes: Stroke[] = [];
  private colour: string;
  private readonly canvas: HTMLCanvasElement;
  private readonly undo = button(say("撤销"), () => this.change(() => this.strokes.pop()));
  private readonly save = button(say("保存"), () => this.canvas.toBlob((blob) => this.end(blob), this.kind === "annotate" ? "image/jpeg" : "image/png", 0.85));
  private readonly sheet: HTMLDialogElement;

  constructor(
    private readonly kind: Drawing,
    private readonly picture: ImageBitmap | null,
    private readonly done: (drawn: Blob | null) => void,
  ) {
    const label = kind === "signature" ? say("在框内签名") : say("在框内画");
    this.colour = kind === "annotate" ? COLOURS[1][0] : COLOURS[0][0];
    this.canvas = make("canvas", { class: "fill-canvas", role: "img", "aria-label": label });
    const scale = picture === null ? 1 : Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    this.canvas.width = picture === null ? 1200 : Math.round(picture.width * scale);
    this.canvas.height = picture === null ? (kind === "signature" ? 600 : 1200) : Math.round(picture.height * scale);
    this.save.classList.add("strong");
    const clear = button(say("清空"), () => this.change(() => (this.strokes.length = 0)));
    const close = button(say("关闭"), () => this.end(null));
    const tools = make("div", { class: "fill-row" }, ...this.colours(), this.undo, clear, close, this.save);
    this.sheet = make("dialog", { class: "fill-sheet fill-drawing", "aria-label": label }, this.canvas, tools);
    this.sheet.addEventListener("cancel", () => this.end(null));
    this.follow();
  }

  open(): void {
    document.body.append(this.sheet);
    this.sheet.showModal();
    this.paint();
  }

  private end(drawn: Blob | null): void {
    this.sheet.close();
    this.sheet.remove();
    this.picture?.close();
    this.done(drawn);
  }

  private change(work: () => unknown): void {
    work();
    this.paint();
  }

  private colours(): HTMLButtonElement[] {
    if (this.kind === "signature") return [];
    return COLOURS.map(([code, name]) => {
      const one = button("●", () => (this.colour = code), say("颜色 {name}", { name: say(name) }));
      one.style.color = code;
      return one;
    });
  }

  private paint(): void {
    const pen = this.canvas.getContext("2d");
    if (pen === null) return;
    const { width, height } = this.canvas;
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, width, height);
    if (this.picture !== null) pen.drawImage(this.picture, 0, 0, width, height);
    pen.lineWidth = Math.max(width, height) / (this.kind === "signature" ? 170 : 130);
    pen.lineCap = pen.lineJoin = "round";
    for (const stroke of this.strokes) line(pen, stroke);
    // An empty frame is no signature.
    this.save.disabled = this.undo.disabled = this.strokes.length === 0;
  }

  private follow(): void {
    let now: Stroke | null = null;
    const at = (event: PointerEvent): [number, number] => {
      const box = this.canvas.getBoundingClientRect();
      return [((event.clientX - box.left) / box.width) * this.canvas.width, ((event.clientY - box.top) / box.height) * this.canvas.height];
    };
    this.canvas.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.canvas.setPointerCapture(event.pointerId);
      now = { colour: this.colour, points: [at(event)] };
      this.strokes.push(now);
      this.paint();
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (now === null) return;
      for (const one of event.getCoalescedEvents?.() ?? [event]) now.points.push(at(one));
      this.paint();
    });
    for (const name of ["pointerup", "pointercancel"] as const) this.canvas.addEventListener(name, () => (now = null));
  }
}

function line(pen: CanvasRenderingContext2D, stroke: Stroke): void {
  pen.strokeStyle = pen.fillStyle = stroke.colour;
  const [first, ...rest] = stroke.points;
  if (first === undefined) return;
  pen.beginPath();
  if (rest.length === 0) {
    pen.arc(first[0], first[1], pen.lineWidth / 2, 0, Math.PI * 2);
    pen.fill();
    return;
  }
  pen.moveTo(...first);
  for (const point of rest) pen.lineTo(...point);
  pen.stroke();
}
