/** The form engine of ODK, without pages of its own: opens a form in the phone and writes its answers. */
import { loadForm, type RootNode } from "@getodk/xforms-engine";
import { shallowReactive } from "vue";
import { inPageLanguage } from "../form/language";
import { readable } from "./fill-xform";
import type { FormKept } from "./store";

export type How =
  | { kind: "new" }
  /** An instance kept earlier: it goes on as itself, under its own instance id. */
  | { kind: "restore"; xml: string; files: File[] }
  /** What the server has: a new instance id is made, the old one becomes deprecatedID. Its files stay at the server. */
  | { kind: "edit"; xml: string };

export interface Asked {
  deviceId: string;
  username: string;
  /** The last submission of this form from this phone, for forms that begin where the last one ended. */
  lastSaved: string;
  where: () => Promise<string>;
}

/** The form did not open; `message` is the engine's own (English), for whoever made the form. */
export class NotOpened extends Error {
  override name = "NotOpened";
}

export interface Opened {
  root: RootNode;
  /** The answers as they stand: what a draft keeps and what is sent. */
  xml(): string;
}

export async function openInstance(form: FormKept, how: How, asked: Asked): Promise<Opened> {
  const shape = readable(inPageLanguage(form.xml), asked.lastSaved, how.kind === "restore" ? how.xml : "");
  const opened = (root: RootNode): Opened => ({ root, xml: () => shape.written(root.instanceState.instanceXML) });
  const loaded = await loadForm(shape.xml, {
    fetchFormAttachment: (resource) => Promise.resolve(media(form, fileOf(resource))),
    missingResourceBehavior: "BLANK",
  });
  if (loaded.status === "failure") throw new NotOpened(loaded.error.message);
  const config = {
    // Only the state's own fields are watched: a list of 5,000 choices is one value, not 5,000 proxies.
    stateFactory: <T extends object>(state: T): T => shallowReactive(state) as T,
    preloadProperties: { deviceID: asked.deviceId, username: asked.username },
    geolocationProvider: { getLocation: asked.where },
  };
  if (how.kind === "new") return opened(loaded.createInstance(config).root);
  if (how.kind === "edit") {
    const edited = await loaded.editInstance(
      { inputType: "FORM_INSTANCE_INPUT_RESOLVABLE", resolveInstance: () => shape.read(how.xml), attachments: new Map() },
      config,
    );
    return opened(edited.root);
  }
  return opened((await loaded.restoreInstance({ data: [instanceData(shape.read(how.xml), how.files)] }, config)).root);
}

function instanceData(xml: string, files: readonly File[]): never {
  const data = new FormData();
  data.append("xml_submission_file", new File([xml], "xml_submission_file", { type: "text/xml" }));
  for (const file of files) data.append(file.name, file, file.name);
  return data as never;
}

/** `jr://images/plan.png`, `jr://file-csv/shops.csv` → the file's name. */
export function fileOf(resource: { href: string }): string {
  const last = resource.href.split(/[?#]/)[0]?.split("/").pop() ?? "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  csv: "text/csv",
  xml: "text/xml",
  geojson: "application/geo+json",
};

function media(form: FormKept, name: string): Response {
  const blob = form.media[name];
  if (blob === undefined) return new Response(null, { status: 404 });
  const type = TYPES[name.split(".").pop()?.toLowerCase() ?? ""] ?? (blob.type || "application/octet-stream");
  return new Response(blob, { headers: { "Content-Type": type } });
}

/** The text of one element of an instance by its local name, e.g. `instanceID`; "" when it has none. */
export function textOf(xml: string, name: string): string {
  const found = new DOMParser().parseFromString(xml, "application/xml").getElementsByTagNameNS("*", name)[0];
  return found?.textContent?.trim() ?? "";
}

/** Every text that an answer consists of; a file belongs to an instance when its name is one of them. */
export function textsOf(xml: string): Set<string> {
  const found = new Set<string>();
  const walk = new DOMParser().parseFromString(xml, "application/xml").getElementsByTagName("*");
  for (const node of walk) if (node.childElementCount === 0 && node.textContent) found.add(node.textContent);
  return found;
}

/** `/data/group/r[2]/name` → `/group/r[2]/name`: as the server names the answer to a question. */
export function placeOf(reference: string): string {
  return reference.replace(/^\/[^/]+/, "");
}

/** `/data/group/r[2]/name` → `/group/r/name`: as the server names the question itself. */
export function pathOf(reference: string): string {
  return placeOf(reference).replace(/\[\d+\]/g, "");
}
