/**
 * Filling in a form on the phone, with or without signal.
 *
 *   const leave = await fillForm(place, { form: "clean-day", go });               // a new one
 *   const leave = await fillForm(place, { form: "clean-day", draft: id, go });    // go on with a draft
 *   const leave = await fillReturn(place, { id, go });                            // mend what was sent back
 *
 * `place` becomes the page; the answer ends it (and keeps what was filled in). `go` takes a hash such as "#/outbox".
 * Everything stands in the phone's store a moment after it was filled in, files at once: a page that is killed, reloaded
 * or updated opens again exactly as it was. The instance id is made when the form is opened and stays.
 */
import "./fill.css";
import { createApp } from "vue";
import { setClock } from "../form/clock";
import { make } from "../make";
import { button } from "./fill-dom";
import { NotOpened, openInstance, type How } from "./fill-engine";
import { formByCode, formOf, letGo } from "./fill-forms";
import { pageOf, type Told } from "./fill-page";
import { returned } from "./fill-returns";
import { lastKey, Session } from "./fill-session";
import { onePlace } from "./fill-where";
import { say, type FillWord } from "./fill-words";
import { serverNow } from "./net";
import { newId, openStore, type Draft, type FormKept, type Store } from "./store";
import { toast } from "./ui";
import { nudge } from "./work";

/** As the outbox names this phone to the server. */
const DEVICE = "phone";

type Go = (hash: string) => void;
type Leave = () => Promise<void>;

export interface FillRequest {
  form: string;
  draft?: string | undefined;
  go: Go;
}

export async function fillForm(place: HTMLElement, { form: code, draft: id, go }: FillRequest): Promise<Leave> {
  const store = await openStore();
  wait(place);
  const draft = id === undefined ? undefined : await store.draft(id);
  if (id !== undefined && draft === undefined) return sorry(place, "这份草稿不在手机里，可能已经提交或删除。", go);
  const form = draft === undefined ? await formByCode(store, code) : await formOf(store, draft);
  if (form === undefined) return sorry(place, "这张表单不在手机里。请在有信号的地方打开“同步”，取来后再填。", go);
  if (draft !== undefined) return begin(place, store, form, draft, await resumed(store, draft), go);
  return begin(place, store, form, fresh(form), { kind: "new" }, go);
}

/** Mend a submission that was sent back: as it stands at the server, with the marked questions; a new version of it. */
export async function fillReturn(place: HTMLElement, { id, go }: { id: string; go: Go }): Promise<Leave> {
  const store = await openStore();
  wait(place);
  const begun = (await store.drafts()).find((draft) => draft.returned?.id === id);
  const row = await store.row("returns", id);
  if (begun !== undefined) {
    const form = await formOf(store, begun);
    if (form !== undefined) return begin(place, store, form, begun, await resumed(store, begun), go, String(row?.["due_at"] ?? ""));
  }
  const found = await returned(store, id);
  if (found === undefined) return sorry(place, "这份退回的记录需要先取来：请在有信号的地方打开一次，之后没有信号也能改。", go);
  const form = (await formOf(store, { ...fresh(NOTHING), campaign: found.campaign, form: found.form, version: found.version })) ?? (await formByCode(store, found.form));
  if (form === undefined) return sorry(place, "这张表单不在手机里。请在有信号的地方打开“同步”，取来后再填。", go);
  const draft: Draft = { ...fresh(form), title: found.title, returned: { id, reason: found.reason, questions: found.questions } };
  return begin(place, store, form, draft, { kind: "edit", xml: found.xml }, go, found.dueAt);
}

const NOTHING: FormKept = { key: "", campaign: "", code: "", version: "", hash: "", name: "", xml: "", media: {}, keptAt: "" };

function fresh(form: FormKept): Draft {
  return {
    id: newId(), form: form.code, campaign: form.campaign, version: form.version, title: form.name, xml: "", files: [], savedAt: 0, instance: "",
  };
}

async function resumed(store: Store, draft: Draft): Promise<How> {
  const kept = await store.filesOf(draft.id);
  return { kind: "restore", xml: draft.xml, files: kept.map((file) => new File([file.blob], file.name, { type: file.type })) };
}

async function begin(place: HTMLElement, store: Store, form: FormKept, draft: Draft, how: How, go: Go, dueAt = ""): Promise<Leave> {
  await useOfficeClock(store);
  const opened = await openInstance(form, how, {
    deviceId: DEVICE,
    username: store.who?.username ?? "",
    lastSaved: (await store.meta<string>(lastKey(form))) ?? "",
    where: onePlace,
  }).catch((reason: unknown) => (reason instanceof Error ? reason : new NotOpened(String(reason))));
  if (opened instanceof Error) return sorry(place, "表单没有能够打开。", go, opened.message);
  const begun = how.kind === "restore";
  const session = new Session(opened, form, store, begun ? draft : { ...draft, instance: "" }, begun);
  session.onKept = (id) => history.replaceState(history.state, "", address(form, id));
  const told: Told = {
    kept: () => toast(say("草稿已保存。"), { tone: "good" }),
    sent: (id) => {
      nudge();
      void done(place, store, form, id, go);
    },
    other: await otherDraft(store, draft, form, go),
    dueAt,
  };
  return show(place, session, told);
}

function show(place: HTMLElement, session: Session, told: Told): Leave {
  const app = createApp(pageOf(session, told));
  const ground = make("div", { class: "fill" });
  place.replaceChildren(ground);
  app.mount(ground);
  // The bar that keeps and submits stands where the shell has its tabs.
  document.body.classList.add("filling");
  ground.dataset["fillReady"] = "";
  const keep = (): void => void session.keep();
  document.addEventListener("visibilitychange", keep);
  window.addEventListener("pagehide", keep);
  return async () => {
    document.body.classList.remove("filling");
    document.removeEventListener("visibilitychange", keep);
    window.removeEventListener("pagehide", keep);
    await session.keep();
    app.unmount();
    session.close();
  };
}

function address(form: FormKept, draft = ""): string {
  return `#/fill/${encodeURIComponent(`${form.campaign}/${form.code}`)}${draft === "" ? "" : `/${draft}`}`;
}

/** The last unsubmitted draft of the same form, offered when a new one is begun. */
async function otherDraft(store: Store, draft: Draft, form: FormKept, go: Go): Promise<Told["other"]> {
  if (draft.savedAt > 0 || draft.returned !== undefined) return null;
  const found = (await store.drafts()).find((one) => one.form === form.code && one.campaign === form.campaign && one.returned === undefined);
  if (found === undefined) return null;
  return { savedAt: found.savedAt, open: () => go(address(form, found.id)) };
}

/** A drill or a demo stands on another day than the phone: `today()` must be the office's, or nothing is accepted. */
async function useOfficeClock(store: Store): Promise<void> {
  setClock((await serverNow(store)).toISOString());
}

async function done(place: HTMLElement, store: Store, form: FormKept, id: string, go: Go): Promise<void> {
  document.body.classList.remove("filling");
  await letGo(store);
  const again = button(say("再填一份"), () => go(address(form)));
  again.classList.add("strong");
  const back = button(say("撤回修改"), async () => {
    const taken = await takeBack(store, id);
    if (taken === undefined) toast(say("已经在发送，不能撤回。"), { tone: "bad" });
    else go(address(form, taken));
  });
  const row = make("div", { class: "fill-row" }, again, button(say("发件箱"), () => go("#/outbox")), back);
  place.replaceChildren(make("div", { class: "fill fill-done", role: "status" }, make("p", {}, say("已放入发件箱，有信号时自动发送。")), row));
  again.focus();
}

/** Out of the outbox and a draft again, as long as nothing of it was sent; answers the draft's id. */
async function takeBack(store: Store, id: string): Promise<string | undefined> {
  const taken = await store.withdraw(id);
  const draft = taken?.item.draft;
  if (taken === undefined || draft === undefined) return undefined;
  await store.putDraft(draft, taken.files.map((file) => ({ ...file, owner: draft.id })));
  return draft.id;
}

function wait(place: HTMLElement): void {
  place.replaceChildren(make("p", { class: "fill fill-none", role: "status" }, say("正在打开表单…")));
}

function sorry(place: HTMLElement, sentence: FillWord, go: Go, details = ""): Leave {
  const more = details === "" ? null : make("details", {}, make("summary", {}, say("技术细节")), make("pre", {}, details));
  place.replaceChildren(make("div", { class: "fill fill-note bad", role: "alert" }, make("p", {}, say(sentence)), more, button(say("返回"), () => go("#/"))));
  return () => Promise.resolve();
}

