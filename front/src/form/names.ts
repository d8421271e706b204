/**
 * The engine's own lists, dates and numbers stand beside a label that points elsewhere; whoever listens to the page would
 * hear “combo box” and nothing more. Each is given the name of its question, again whenever the form changes.
 */
const CONTROLS = '[role="combobox"]:not([aria-label]), [role="spinbutton"]:not([aria-label])';

export function nameControls(place: HTMLElement): () => void {
  const name = (): void => {
    for (const control of place.querySelectorAll<HTMLElement>(`.question-container :is(${CONTROLS})`)) {
      const label = control.closest(".question-container")?.querySelector("label");
      const text = label?.textContent?.trim() ?? "";
      if (text !== "" && label?.htmlFor !== control.id) control.setAttribute("aria-label", text);
    }
  };
  const watch = new MutationObserver(name);
  watch.observe(place, { childList: true, subtree: true });
  return () => watch.disconnect();
}
