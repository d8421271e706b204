/** Buttons outside the engine's pages: sheets of camera and canvas are plain DOM. */
import { make } from "../make";

export function button(text: string, press: () => unknown, label?: string): HTMLButtonElement {
  const made = make("button", { type: "button", class: "button", ...(label === undefined ? {} : { "aria-label": label }) }, text);
  made.addEventListener("click", () => void press());
  return made;
}
