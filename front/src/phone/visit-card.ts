/** One item of the checklist: what must be so, four verdicts of one tap each, a note and photos. */
import { photosOf } from "./photos";
import type { Store } from "./store";
import { button, chip, failed, field, make, toast } from "./ui";
import { MOST_PHOTOS, type Working } from "./visit-draft";
import type { Item, Verdict } from "./visit-rules";
import { say, type VisitWord } from "./visit-words";

export const VERDICTS: readonly (readonly [Verdict, VisitWord])[] = [
  ["met", "符合"], ["not_met", "不符合"], ["put_right", "当场整改"], ["not_applicable", "不适用"],
];
const FOLLOWS = { note: "不符合时：仅记录", rectify: "不符合时：责令整改", shut: "不符合时：关停" } as const;

/** A card and the way to draw it anew. changed: after every tap, when it is kept. */
export function card(store: Store, work: Working, item: Item, changed: () => void): { node: HTMLElement; look: () => void } {
  const { said } = work;
  const verdicts = make("div", { class: "verdicts", role: "group", "aria-label": item.number });
  const more = make("div", { class: "more" });
  const photos = make("div", { class: "photos" });
  const note = make("textarea", { rows: "2", maxlength: "300" });
  note.value = said.notes[item.id] ?? "";
  note.addEventListener("input", () => {
    said.notes[item.id] = note.value;
    void work.keep().catch(failed);
  });
  for (const [verdict, word] of VERDICTS) {
    const made = button(say(word), async () => {
      said.verdicts[item.id] = verdict;
      look();
      changed();
      await work.keep();
    });
    made.dataset["verdict"] = verdict;
    verdicts.append(made);
  }
  const node = make(
    "section", { class: "check", "data-item": item.id },
    make("h3", {}, `${item.number} ${item.text}`),
    item.how === "" ? null : make("p", { class: "hint" }, say("怎么查：{how}", { how: item.how })),
    item.noted === "" ? null : make("p", { class: "hint" }, say("上次：{note}", { note: item.noted })),
    make("p", { class: "hint" }, `${say(FOLLOWS[item.consequence])}${item.limit === "" || item.consequence === "note" ? "" : ` · ${say("限期 {limit}", { limit: item.limit })}`}`),
    verdicts, more,
  );
  const shoot = make("input", { type: "file", accept: "image/*", capture: "environment", "aria-label": `${say("拍照")} ${item.number}` });
  shoot.addEventListener("change", () => void take().catch(failed));
  async function take(): Promise<void> {
    if (work.photoCount + (shoot.files?.length ?? 0) > MOST_PHOTOS) {
      toast(say("照片最多 {most} 张。", { most: MOST_PHOTOS }), { tone: "bad" });
      return;
    }
    const taken = await photosOf(shoot.files ?? []);
    shoot.value = "";
    said.photos[item.id] = [...(said.photos[item.id] ?? []), ...taken.map((file) => file.id)];
    await work.keep(taken);
    look();
    changed();
  }
  async function show(): Promise<void> {
    for (const image of photos.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    const thumbs: HTMLElement[] = [];
    for (const id of said.photos[item.id] ?? []) {
      const file = await store.file(id);
      if (file === undefined) continue;
      const away = button("×", async () => {
        said.photos[item.id] = (said.photos[item.id] ?? []).filter((each) => each !== id);
        await work.keep();
        look();
        changed();
        toast(say("照片已删除"), {
          action: say("撤销"),
          press: async () => {
            said.photos[item.id] = [...(said.photos[item.id] ?? []), id];
            await work.keep();
            look();
            changed();
          },
        });
      });
      away.setAttribute("aria-label", say("删除照片"));
      thumbs.push(make("div", { class: "thumb" }, make("img", { src: URL.createObjectURL(file.blob), alt: file.name }), away));
    }
    photos.replaceChildren(...thumbs, make("label", { class: "button shoot" }, say("拍照"), shoot), item.photo ? chip("soon", say("须拍照")) : "");
  }
  const look = (): void => {
    const verdict = said.verdicts[item.id];
    node.dataset["verdict"] = verdict ?? "";
    for (const made of verdicts.querySelectorAll("button")) made.setAttribute("aria-pressed", String(made.dataset["verdict"] === verdict));
    const wrong = verdict === "not_met" || verdict === "put_right";
    more.hidden = !wrong;
    if (!wrong) {
      more.replaceChildren();
      return;
    }
    if (more.childElementCount === 0) more.append(...(item.remedy === "" ? [] : [make("p", { class: "hint" }, say("整改要求：{remedy}", { remedy: item.remedy }))]), photos, field(say("备注"), note));
    void show().catch(failed);
  };
  look();
  return { node, look };
}
