/**
 * XForms as the engine can read them. It refuses three things that the specification lets pass and offices publish:
 * a group without anything in it, a namespace of the answers that is no address, and an address to send to that is none
 * (nobody sends there: submissions go to the outbox). It also leaves `jr://instance/last-saved` blank, and
 * forgets of a restored edit what it replaces.
 */

export interface Readable {
  xml: string;
  /** Answers as the form's author named them: the namespace that stood in the form, again. */
  written(answers: string): string;
  /** Answers kept or received, as the engine wants them. */
  read(answers: string): string;
}

const STANDS_FOR = "urn:guatu:";

/** kept: the answers that will be opened with it; "" when there are none. */
export function readable(source: string, lastSaved: string, kept = ""): Readable {
  const form = new DOMParser().parseFromString(source, "application/xml");
  const data = primary(form);
  let changed = dropEmptyGroups(form, data);
  changed = dropBadAddress(form) || changed;
  changed = putLastSaved(form, lastSaved) || changed;
  changed = (kept.includes("deprecatedID>") && keepDeprecated(data)) || changed;
  let xml = changed ? new XMLSerializer().serializeToString(form) : source;
  const name = data?.namespaceURI ?? "";
  const [own, stand] = [`xmlns="${name}"`, `xmlns="${STANDS_FOR}${encodeURIComponent(name)}"`];
  if (name === "" || isAddress(name)) return { xml, written: (answers) => answers, read: (answers) => answers };
  xml = xml.replaceAll(own, stand);
  return { xml, written: (answers) => answers.replaceAll(stand, own), read: (answers) => answers.replaceAll(own, stand) };
}

function isAddress(text: string): boolean {
  try {
    return new URL(text).href !== "";
  } catch {
    return false;
  }
}

/** The answers' root in the model. */
function primary(form: Document): Element | null {
  const instance = [...form.getElementsByTagName("*")].find((node) => node.localName === "instance" && node.firstElementChild !== null);
  return instance?.firstElementChild ?? null;
}

function dropEmptyGroups(form: Document, data: Element | null): boolean {
  let dropped = false;
  const groups = [...form.getElementsByTagName("*")].filter((node) => node.localName === "group" && node.namespaceURI?.includes("xforms"));
  // The innermost first: what is empty without them is empty too.
  for (const group of groups.reverse()) {
    const ref = group.getAttribute("ref") ?? group.getAttribute("nodeset") ?? "";
    const holds = [...group.children].some((child) => child.localName !== "label" && child.localName !== "hint");
    if (holds || ref === "" || !isLeaf(data, ref)) continue;
    group.remove();
    dropped = true;
  }
  return dropped;
}

/** Whether the path leads to an element without elements in it. */
function isLeaf(data: Element | null, ref: string): boolean {
  let node: Element | null = data;
  for (const step of ref.split("/").filter((part) => part !== "").slice(1)) {
    node = [...(node?.children ?? [])].find((child) => child.nodeName === step) ?? null;
  }
  return node !== null && node.childElementCount === 0;
}

function dropBadAddress(form: Document): boolean {
  let dropped = false;
  for (const node of form.getElementsByTagNameNS("*", "submission")) {
    const action = node.getAttribute("action")?.trim();
    if (action === undefined || isAddress(action)) continue;
    node.removeAttribute("action");
    dropped = true;
  }
  return dropped;
}

/** An edit says what it replaces. The engine writes that when it opens one, and forgets it when it restores one. */
function keepDeprecated(data: Element | null): boolean {
  const id = data?.getElementsByTagNameNS("*", "instanceID")[0];
  if (id?.parentElement == null || id.parentElement.getElementsByTagNameNS("*", "deprecatedID").length > 0) return false;
  const prefix = id.prefix === null ? "" : `${id.prefix}:`;
  id.parentElement.append(id.ownerDocument.createElementNS(id.namespaceURI, `${prefix}deprecatedID`));
  return true;
}

function putLastSaved(form: Document, last: string): boolean {
  if (last === "") return false;
  const place = [...form.getElementsByTagName("*")].find((node) => node.getAttribute("src") === "jr://instance/last-saved");
  const kept = new DOMParser().parseFromString(last, "application/xml");
  if (place === undefined || kept.querySelector("parsererror") !== null) return false;
  place.removeAttribute("src");
  place.replaceChildren(form.importNode(kept.documentElement, true));
  return true;
}
