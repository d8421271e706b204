/**
 * Colours of the map. Five steps, ordered by lightness so that colour-blind readers and grey printers keep the order.
 * The middle of the scale jumps from dark to light on purpose: on every step either the light or the dark letter
 * reaches 7:1 on the wall (4.5:1 at the desk). `sense` tells whether more is good, bad, or neither.
 */
export type Theme = "light" | "dark";
export type Sense = "good" | "bad" | "plain";

export interface Palette {
  paper: string;
  outline: string;
  border: string;
  chosen: string;
  hatch: string;
  letter: string;
  steps: readonly { fill: string; letter: string }[];
}

const LIGHT_LETTER = "#ffffff";
const DARK_LETTER = "#05101c";

const DARK_STEPS: Record<Sense, readonly string[]> = {
  good: ["#15263b", "#183f63", "#1c5a8a", "#62bcc6", "#d3efb8"],
  plain: ["#15263b", "#183f63", "#1c5a8a", "#62bcc6", "#d3efb8"],
  bad: ["#241f2b", "#4a2233", "#82301f", "#ec9f3e", "#ffe699"],
};
const LIGHT_STEPS: Record<Sense, readonly string[]> = {
  good: ["#e6f1f4", "#bcdbe4", "#85bccd", "#1f6a90", "#0b3a5b"],
  plain: ["#e6f1f4", "#bcdbe4", "#85bccd", "#1f6a90", "#0b3a5b"],
  bad: ["#fbefdc", "#f5cf9a", "#eea95c", "#a8441a", "#66200f"],
};

export function palette(theme: Theme, sense: Sense): Palette {
  const dark = theme === "dark";
  const fills = dark ? DARK_STEPS[sense] : LIGHT_STEPS[sense];
  const darkLetterFrom = 3;
  return {
    paper: dark ? "#070d16" : "#f6f7f5",
    outline: dark ? "#5f7690" : "#6b7780",
    border: dark ? "#7f97b2" : "#5a666f",
    chosen: dark ? "#ffd54a" : "#b3261e",
    hatch: dark ? "#3c4b5e" : "#b9c0c4",
    letter: dark ? LIGHT_LETTER : DARK_LETTER,
    steps: fills.map((fill, i) => ({
      fill,
      letter: (dark ? i >= darkLetterFrom : i < darkLetterFrom) ? DARK_LETTER : LIGHT_LETTER,
    })),
  };
}

/** Tones of `guatu/kit/states.py` with their shape and a colour that reads on both grounds. */
export const TONES = {
  waiting: { shape: "ring", dark: "#c4ccd6", light: "#4d5760" },
  going: { shape: "half", dark: "#8fd0ff", light: "#0b5fa5" },
  done: { shape: "disc", dark: "#7fe0b0", light: "#14633f" },
  soon: { shape: "diamond", dark: "#ffd54a", light: "#8a6100" },
  late: { shape: "triangle", dark: "#ff9a7a", light: "#b3261e" },
  held: { shape: "bars", dark: "#d9b8ff", light: "#6b3fa0" },
  place: { shape: "square", dark: "#f2f4f7", light: "#2b3138" },
} as const;
export type Tone = keyof typeof TONES;

export function isTone(name: unknown): name is Tone {
  return typeof name === "string" && name in TONES;
}

/** One point symbol: shape and colour together, with a rim of the ground so that it stands out on any fill. */
export function symbol(tone: Tone, theme: Theme, size: number): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const pen = canvas.getContext("2d");
  if (pen === null) return new ImageData(size, size);
  const colour = TONES[tone][theme];
  const rim = theme === "dark" ? "#05101c" : "#ffffff";
  const middle = size / 2;
  const r = size * 0.34;
  const trace: Record<(typeof TONES)[Tone]["shape"], () => void> = {
    ring: () => pen.arc(middle, middle, r, 0, Math.PI * 2),
    half: () => pen.arc(middle, middle, r, 0, Math.PI * 2),
    disc: () => pen.arc(middle, middle, r, 0, Math.PI * 2),
    diamond: () => corners(pen, [[middle, middle - r * 1.25], [middle + r * 1.1, middle], [middle, middle + r * 1.25], [middle - r * 1.1, middle]]),
    triangle: () => corners(pen, [[middle, middle - r * 1.2], [middle + r * 1.2, middle + r], [middle - r * 1.2, middle + r]]),
    bars: () => {
      pen.rect(middle - r, middle - r, r * 0.7, r * 2);
      pen.rect(middle + r * 0.3, middle - r, r * 0.7, r * 2);
    },
    square: () => pen.rect(middle - r * 0.8, middle - r * 0.8, r * 1.6, r * 1.6),
  };
  const shape = TONES[tone].shape;
  pen.lineJoin = "round";
  pen.beginPath();
  trace[shape]();
  pen.lineWidth = size * 0.16;
  pen.strokeStyle = rim;
  pen.stroke();
  pen.fillStyle = shape === "ring" || shape === "half" ? rim : colour;
  pen.fill();
  if (shape === "half") {
    pen.beginPath();
    pen.arc(middle, middle, r, Math.PI / 2, Math.PI * 1.5);
    pen.fillStyle = colour;
    pen.fill();
  }
  if (shape === "ring" || shape === "half") {
    pen.beginPath();
    trace[shape]();
    pen.lineWidth = size * 0.1;
    pen.strokeStyle = colour;
    pen.stroke();
  }
  return pen.getImageData(0, 0, size, size);
}

function corners(pen: CanvasRenderingContext2D, points: readonly (readonly [number, number])[]): void {
  points.forEach(([x, y], i) => (i === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
  pen.closePath();
}

/** Diagonal hatching: “no data” must not look like a low value. */
export function hatch(colour: string, size = 16): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const pen = canvas.getContext("2d");
  if (pen === null) return new ImageData(size, size);
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  for (const shift of [-size, 0, size]) {
    pen.beginPath();
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
    pen.stroke();
  }
  return pen.getImageData(0, 0, size, size);
}
