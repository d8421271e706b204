/** The two ends of what the build puts into @getodk/web-forms (see `build/web-forms.ts`). */
import { PHRASES, SENTENCES } from "./phrases";

export { guatuNow, setClock } from "./clock";

const CHINESE = new Map<string, string>([
  ...PHRASES.map((phrase): [string, string] => [phrase.en, phrase.zh]),
  ...Object.entries(SENTENCES),
]);

/** The word of the library in the page's language; `{n}` becomes the number. */
export function guatuWord(english: string, n?: number): string {
  const chinese = !document.documentElement.lang.toLowerCase().startsWith("en");
  const said = chinese ? (CHINESE.get(english) ?? english) : english;
  return n === undefined ? said : said.replace("{n}", String(n));
}

/** The part of the form engine's root that a draft needs. */
export interface FormRoot {
  prepareInstancePayload(options: { payloadType: "monolithic" }): Promise<{
    status: "ready" | "pending";
    data: [FormData];
  }>;
}

export interface FormState {
  status: "FORM_STATE_LOADING" | "FORM_STATE_FAILURE" | "FORM_STATE_SUCCESS";
  root: FormRoot | null;
  error: Error | null;
}

type Listener = (state: FormState) => void;
const listeners = new Map<unknown, Listener>();

/** Called by the library whenever a form has a new state; `component` is its Vue instance. */
export function guatuRoot(component: { appContext: { app: unknown } }, state: FormState): void {
  listeners.get(component.appContext.app)?.(state);
}

/** Ask to be told of the states of the form mounted by `app`. */
export function listen(app: unknown, listener: Listener): void {
  listeners.set(app, listener);
}

export function unlisten(app: unknown): void {
  listeners.delete(app);
}

declare global {
  /** Raster tiles for the maps of geopoint questions; without it they show plain paper. */
  var guatuTiles: { url: string; attributions: string[] } | undefined;
}
