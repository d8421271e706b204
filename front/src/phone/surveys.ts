/** The daily survey on the phone: what is said of a place, put into the outbox, and what the pages show of it meanwhile. */
import { make } from "../make";
import { spotNow } from "./geo";
import { dayOf, serverNow, type Clock } from "./net";
import { newId, type OutboxItem, type Row, type Store } from "./store";
import { button, field, sheet, toast } from "./ui";
import { say } from "./words";
import { nudge } from "./work";

export interface PlaceRow extends Row {
  name: string;
  number: string;
  kind: string;
  kind_word: string;
  address: string;
  road: string;
  industry: string;
  area: string;
  area_name: string;
  within: string;
  lon: number | null;
  lat: number | null;
  hours: string;
  surveyed_on: string;
  shut: boolean;
  mine: boolean;
}

interface NewMerchant {
  name: string;
  kind: string;
  industry: string;
}

const UNDO_MS = 6000;
const POSITION_MS = 2500;

/** Put something a person did into the outbox, with where and when, and offer to take it back. */
export async function actLater(
  store: Store,
  given: { act: string; title: string; payload: Record<string, unknown>; about?: { list: string; id: string }; said: string; after?: string },
): Promise<OutboxItem> {
  const seen = await store.meta<Clock>("clock");
  const item = await store.enqueue({
    id: newId(),
    kind: "act",
    act: given.act,
    title: given.title,
    payload: { ...given.payload, ...(seen === undefined ? {} : { _seen_at: seen.seenAt }) },
    at: new Date().toISOString(),
    holdUntil: Date.now() + UNDO_MS,
    ...(given.after === undefined ? {} : { after: given.after }),
    ...(given.about === undefined ? {} : { about: given.about }),
  });
  void addSpot(store, item.id);
  nudge();
  toast(given.said, {
    action: say("撤回"),
    press: async () => {
      const gone = await store.withdraw(item.id);
      toast(gone === undefined ? say("已经发出，不能撤回。") : say("已撤回"));
    },
  });
  return item;
}

/** Where the phone was goes with it when it is known before the first try; a person does not wait for it. */
export async function addSpot(store: Store, id: string): Promise<void> {
  const where = await spotNow(POSITION_MS);
  if ("spot" in where) await store.changeItem(id, (item) => (item.state === "waiting" && item.tries === 0 ? { ...item, spot: where.spot } : undefined));
}

/** What was said of places today and is still on its way: place → outcome. */
export async function saidToday(store: Store): Promise<Map<string, OutboxItem>> {
  const found = new Map<string, OutboxItem>();
  const today = dayOf(await serverNow(store));
  const offset = (await store.meta<Clock>("clock"))?.offset ?? 0;
  for (const item of await store.outbox()) {
    if (item.act !== "survey" || item.about === undefined || item.state === "refused") continue;
    if (dayOf(new Date(Date.parse(item.at) + offset)) === today) found.set(item.about.id, item);
  }
  return found;
}

export function surveyedToday(place: PlaceRow, today: string, said: ReadonlyMap<string, OutboxItem>): "no" | "waiting" | "yes" {
  if (place.surveyed_on === today) return "yes";
  const item = said.get(place.id);
  return item === undefined ? "no" : item.state === "sent" ? "yes" : "waiting";
}

const ARMED_MS = 4000;
/** Places whose first tap was made, and until when the second counts: a list that is drawn anew in between keeps it. */
const armed = new Map<string, number>();

/** The two taps: 无变化, then 确认无变化？ The second must follow within four seconds. */
export function unchangedButton(store: Store, place: PlaceRow): HTMLButtonElement {
  const ready = (): boolean => (armed.get(place.id) ?? 0) > performance.now();
  const look = (): void => {
    made.textContent = ready() ? say("确认无变化？") : say("无变化");
    made.classList.toggle("armed", ready());
    if (ready()) window.setTimeout(look, (armed.get(place.id) ?? 0) - performance.now() + 20);
  };
  const made = button("", async () => {
    if (!ready()) {
      armed.set(place.id, performance.now() + ARMED_MS);
      look();
      return;
    }
    armed.delete(place.id);
    made.disabled = true;
    await survey(store, place, { outcome: "unchanged" }, say("无变化"));
  });
  look();
  return made;
}

async function survey(store: Store, place: PlaceRow, payload: Record<string, unknown>, what: string): Promise<void> {
  await actLater(store, {
    act: "survey",
    title: `${place.name} · ${what}`,
    payload: { place: place.id, ...payload },
    about: { list: "places", id: place.id },
    said: say("已记下：{name} {what}", { name: place.name, what }),
  });
}

export function changedButton(store: Store, place: PlaceRow): HTMLButtonElement {
  return button(
    say("新开/关停"),
    async () => {
      const said = await askChanges(store, place);
      if (said !== undefined) await survey(store, place, { outcome: "changed", ...said }, say("新开/关停"));
    },
    "button",
  );
}

export function notReachedButton(store: Store, place: PlaceRow): HTMLButtonElement {
  return button(
    say("未能进入"),
    async () => {
      const note = await sheet<string>(say("未能进入"), (body, done) => {
        const text = make("textarea", { rows: "3", maxlength: "300" });
        const wrong = make("p", { class: "wrong", role: "alert" });
        body.append(field(say("为什么没能进入"), text), wrong);
        body.append(
          button(say("提交"), () => (text.value.trim() === "" ? (wrong.textContent = say("请写明原因。")) : done(text.value.trim())), "button strong wide"),
        );
      });
      if (note !== undefined) await survey(store, place, { outcome: "not_reached", note }, say("未能进入"));
    },
    "button quiet",
  );
}

async function askChanges(
  store: Store,
  place: PlaceRow,
): Promise<{ opened: NewMerchant[]; closed: string[]; note: string } | undefined> {
  const inside = (await store.rows<PlaceRow>("places")).filter((row) => row.within === place.id);
  const merchants = inside.length > 0 ? inside : ["shop", "stall", "enterprise"].includes(place.kind) ? [place] : [];
  return sheet(say("新开/关停"), (body, done) => {
    const opened = make("div", { class: "stack" });
    const add = (): void => void opened.append(newMerchant(place));
    add();
    const closed = make("div", { class: "checks" });
    for (const row of merchants) {
      const box = make("input", { type: "checkbox", value: row.id });
      closed.append(make("label", {}, box, " ", row.name));
    }
    if (merchants.length === 0) closed.append(make("p", { class: "hint" }, say("里面没有登记的商户。")));
    const note = make("textarea", { rows: "2", maxlength: "300" });
    const wrong = make("p", { class: "wrong", role: "alert" });
    body.append(
      make("h3", {}, say("新开了一家")), opened, button(say("再加一家"), add, "button quiet small"),
      make("h3", {}, say("关停了")), closed,
      field(say("说明"), note), wrong,
      button(say("提交"), () => {
        const said = {
          opened: [...opened.querySelectorAll<HTMLElement>(".merchant")].map(read).filter((row) => row.name !== ""),
          closed: [...closed.querySelectorAll<HTMLInputElement>("input:checked")].map((box) => box.value),
          note: note.value.trim(),
        };
        if (said.opened.length + said.closed.length === 0 && said.note === "") wrong.textContent = say("请填写新开的名称，勾选关停的，或写一句说明。");
        else done(said);
      }, "button strong wide"),
    );
  });
}

function newMerchant(place: PlaceRow): HTMLElement {
  const kind = make("select", { name: "kind" });
  const usual = place.kind === "building" ? "enterprise" : place.kind === "market" ? "stall" : "shop";
  for (const [value, word] of [["enterprise", say("企业")], ["shop", say("商铺")], ["stall", say("摊位")]] as const) {
    const option = make("option", { value }, word);
    if (value === usual) option.selected = true;
    kind.append(option);
  }
  return make(
    "div",
    { class: "merchant" },
    field(say("名称"), make("input", { name: "name", maxlength: "120", autocomplete: "off" })),
    make("div", { class: "two" }, field(say("种类"), kind), field(say("行业"), make("input", { name: "industry", maxlength: "40", autocomplete: "off" }))),
  );
}

function read(row: HTMLElement): NewMerchant {
  const value = (name: string): string => row.querySelector<HTMLInputElement | HTMLSelectElement>(`[name=${name}]`)?.value.trim() ?? "";
  return { name: value("name"), kind: value("kind"), industry: value("industry") };
}
