/** Report a problem: what, a few words, photos, where the phone is. */
import { photosOf } from "../photos";
import { spotNow, type Where } from "../geo";
import type { About } from "../sync";
import { newId } from "../store";
import type { PlaceRow } from "../surveys";
import { button, failed, field, make, toast, type Page } from "../ui";
import { say } from "../words";
import { nudge } from "../work";
import { whereWords } from "./map";

export const report: Page = async (place, _parameters, store) => {
  const about = await store.meta<About>("about");
  const at = new URLSearchParams(location.hash.split("?")[1] ?? "").get("place") ?? "";
  const spot = at === "" ? undefined : await store.row<PlaceRow>("places", at);
  const title = make("input", { maxlength: "120", autocomplete: "off", required: "" });
  const text = make("textarea", { rows: "4", maxlength: "2000" });
  const address = make("input", { maxlength: "200", autocomplete: "off" });
  address.value = spot?.address ?? "";
  const photos = make("input", { type: "file", accept: "image/*", multiple: "" });
  const shown = make("div", { class: "thumbs" });
  const position = make("p", { class: "hint", role: "status" }, say("正在定位…"));
  const wrong = make("p", { class: "wrong", role: "alert" });
  let where: Where = { why: "slow" };
  void spotNow().then((found) => {
    where = found;
    position.textContent = whereWords(found);
  });
  photos.addEventListener("change", () => {
    for (const image of shown.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    shown.replaceChildren(...[...(photos.files ?? [])].map((file) => make("img", { src: URL.createObjectURL(file), alt: file.name })));
  });
  let busy = false;
  const send = async (): Promise<void> => {
    if (busy) return;
    if (title.value.trim() === "") {
      wrong.textContent = say("请写明问题是什么。");
      title.focus();
      return;
    }
    busy = true;
    try {
      const files = await photosOf(photos.files ?? []);
      await store.enqueue(
        {
          id: newId(), kind: "act", act: "case", title: `${say("上报问题")} · ${title.value.trim()}`,
          payload: { campaign: about?.campaign?.code ?? "", title: title.value.trim(), description: text.value.trim(), address: address.value.trim(), ...(at === "" ? {} : { place: at }) },
          files: files.map((file) => file.id), spot: "spot" in where ? where.spot : null,
        },
        { files },
      );
    } catch (reason) {
      failed(reason);
      return;
    } finally {
      busy = false;
    }
    nudge();
    toast(say("已放进发件箱"), { tone: "good" });
    location.hash = "#/outbox";
  };
  place.append(
    make("form", { class: "stack" },
      spot === undefined ? null : make("p", { class: "lead" }, spot.name),
      field(say("问题是什么"), title), field(say("具体情况"), text), field(say("地址"), address), field(say("拍照"), photos), shown, position, wrong,
      button(say("上报"), send, "button strong wide")),
  );
  place.querySelector("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });
};
