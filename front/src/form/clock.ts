/** The office's clock for the form engines: a drill or a demo stands on another day than the phone. */
let shift = 0;

/** The office's clock as it stands now (ISO 8601); "" for the device's own. */
export function setClock(now: string): void {
  const there = Date.parse(now);
  shift = Number.isNaN(there) ? 0 : there - Date.now();
}

/** Moves the engine's moment to the office's clock; the build puts the call in (see `build/web-forms.ts`). */
export function guatuNow<Moment extends { add(span: { milliseconds: number }): Moment }>(moment: Moment): Moment {
  return shift === 0 ? moment : moment.add({ milliseconds: Math.round(shift) });
}
