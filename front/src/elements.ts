/**
 * The registry: every custom element of Guatu's pages and the file that tells about it.
 *
 *   <script type="module" src="{% static 'built/elements.js' %}"></script>
 *
 * An element's file is fetched when its tag first stands in the page (also when htmx puts it there later), so a
 * page without a map does not load the map. Inside each element stands plain HTML (a table, a list, a link) that
 * says the same thing; it is what a reader without script, a printer and a screen reader get.
 */
const ELEMENTS: Readonly<Record<string, () => Promise<CustomElementConstructor>>> = {
  "guatu-map": () => import("./map/guatu-map").then((part) => part.GuatuMap),
  "guatu-point": () => import("./guatu-point").then((part) => part.GuatuPoint),
  "guatu-draw": () => import("./guatu-draw").then((part) => part.GuatuDraw),
  "guatu-form": () => import("./form/guatu-form").then((part) => part.GuatuForm),
  "guatu-wall": () => import("./guatu-wall").then((part) => part.GuatuWall),
  "guatu-mention": () => import("./guatu-mention").then((part) => part.GuatuMention),
  "guatu-gantt": () => import("./guatu-gantt").then((part) => part.GuatuGantt),
};

const asked = new Set<string>();

function bringIn(tag: string): void {
  if (asked.has(tag)) return;
  asked.add(tag);
  ELEMENTS[tag]?.()
    .then((element) => customElements.define(tag, element))
    .catch((reason: unknown) => {
      // The plain HTML inside stays; the next time the tag appears it is tried again.
      asked.delete(tag);
      console.error(`guatu: ${tag} could not be loaded`, reason);
    });
}

function look(root: ParentNode): void {
  for (const tag of Object.keys(ELEMENTS)) {
    if (!asked.has(tag) && root.querySelector(tag) !== null) bringIn(tag);
  }
}

look(document);
new MutationObserver((changes) => {
  if (changes.some((change) => change.addedNodes.length > 0)) look(document);
}).observe(document.documentElement, { childList: true, subtree: true });
