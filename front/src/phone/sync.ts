/** Bringing the phone's lists to where the server stands. */
import { keepForm, offered, withdrawForm } from "./fill-forms";
import { onlyHere } from "./lock";
import { ask, json, NoSignal, serverNow } from "./net";
import { openStore, setPerson, type FormKept, type Row, type Store, type Who } from "./store";

export type SyncEnd = "done" | "signal" | "sign-in" | "other-person" | "elsewhere";

/** What the pages know besides rows. */
export interface About {
  rights: string[];
  campaign: { code: string; name: string } | null;
  version: string;
}

interface FormRow extends Row {
  key: string;
  campaign: string;
  code: string;
  name: string;
  version: string;
  hash: string;
  xml: string;
  manifest: string;
}

/** Synchronise everything; `force` also when the server says that nothing happened. */
export async function syncAll(store: Store, force = false): Promise<SyncEnd> {
  let end: SyncEnd = "elsewhere";
  try {
    await onlyHere(store, "sync", async () => {
      end = await run(store, force);
    });
  } catch (reason) {
    if (reason instanceof NoSignal) return "signal";
    throw reason;
  }
  return end;
}

async function run(store: Store, force: boolean): Promise<SyncEnd> {
  const tag = force ? undefined : await store.meta<string>("tag");
  const reply = await ask(store, "/m/sync", tag === undefined ? {} : { headers: { "If-None-Match": tag } });
  if (reply.status === 304) {
    await done(store);
    return "done";
  }
  const told = await json(reply);
  if (reply.status === 401) return "sign-in";
  if (told?.["code"] === "phone.other_person") return store.who === undefined ? "sign-in" : "other-person";
  if (reply.status !== 200 || told === undefined) return "signal";
  const who = told["person"] as Who;
  if (store.who?.id !== who.id) {
    // The first sign-in on this phone, or somebody else's: another store, and begin again there.
    await setPerson(who);
    return run(await openStore(), true);
  }
  if (JSON.stringify(store.who) !== JSON.stringify(who)) await setPerson(who);
  await store.setMeta("csrf", told["csrf"]);
  await store.setMeta("about", { rights: told["rights"], campaign: told["campaign"], version: told["version"] });
  const lists = told["lists"] as string[];
  for (const list of ["places", "contracts", "forms", "cases", "visits", "points", "entries", "returns", "areas"]) {
    if (!lists.includes(list)) await store.dropList(list);
  }
  for (const list of lists) {
    const end = await bring(store, list);
    if (end !== "done") return end;
  }
  await bringForms(store);
  await bringReturns(store);
  await store.setMeta("tag", reply.headers.get("ETag") ?? undefined);
  await done(store);
  return "done";
}

async function done(store: Store): Promise<void> {
  await store.setMeta("synced", (await serverNow(store)).toISOString());
}

async function bring(store: Store, list: string): Promise<SyncEnd> {
  for (let turn = 0; turn < 1000; turn++) {
    const cursor = (await store.meta<string | null>(`cursor:${list}`)) ?? "";
    const reply = await ask(store, `/m/sync?list=${list}&cursor=${encodeURIComponent(cursor)}`);
    if (reply.status === 401) return "sign-in";
    const told = await json(reply);
    if (told?.["code"] === "phone.other_person") return "other-person";
    if (reply.status === 404) return "done"; // a list of another version of the pages
    if (reply.status !== 200 || told === undefined) return "signal";
    const tails = new Set(told["gone"] as string[]);
    // Gone rows are named by the end of their ids: it tells nothing to who never had them.
    const gone = tails.size === 0 ? [] : (await store.rows(list)).map((row) => row.id).filter((id) => tails.has(id.slice(-12)));
    const rows = told["rows"] as Row[];
    if (rows.length > 0 || gone.length > 0 || told["reset"] === true || told["cursor"] !== cursor) {
      await store.applyDelta(list, { reset: told["reset"] === true, rows, gone, cursor: told["cursor"] });
    }
    if (told["more"] !== true) return "done";
  }
  return "signal";
}

/** Texts and files of forms that are new or changed; forms that are no longer offered go, unless a draft needs them. */
async function bringForms(store: Store): Promise<void> {
  const wanted = await store.rows<FormRow>("forms");
  const keys = new Set(wanted.map((row) => row.key));
  for (const kept of await offered(store)) if (!keys.has(kept.key)) await withdrawForm(store, kept.key);
  for (const row of wanted) {
    const files = await filesOf(store, row);
    if (files === undefined) continue;
    const stand = `${row.hash} ${files.map((file) => `${file.name}:${file.hash}`).join(" ")}`;
    if ((await store.form(row.key)) !== undefined && stand === (await store.meta<string>(`form:${row.key}`))) continue;
    const fetched = await fetchForm(store, row, files);
    if (fetched === undefined) continue;
    await keepForm(store, fetched);
    await store.setMeta(`form:${row.key}`, stand);
  }
}

interface FileToFetch {
  name: string;
  hash: string;
  address: string;
}

/** What the manifest names: pictures, lists of choices, registers as lists. */
async function filesOf(store: Store, row: FormRow): Promise<FileToFetch[] | undefined> {
  const reply = await ask(store, row.manifest);
  if (!reply.ok) return undefined;
  const read = new DOMParser().parseFromString(await reply.text(), "text/xml");
  const text = (file: Element, name: string): string => file.getElementsByTagNameNS("*", name)[0]?.textContent ?? "";
  return [...read.getElementsByTagNameNS("*", "mediaFile")].map((file) => {
    const address = new URL(text(file, "downloadUrl"), location.href);
    return { name: text(file, "filename"), hash: text(file, "hash"), address: address.pathname + address.search };
  });
}

async function fetchForm(store: Store, row: FormRow, files: readonly FileToFetch[]): Promise<FormKept | undefined> {
  const reply = await ask(store, row.xml);
  if (!reply.ok) return undefined;
  const xml = await reply.text();
  const media: Record<string, Blob> = {};
  for (const { name, address } of files) {
    const file = await ask(store, address);
    if (!file.ok) return undefined;
    media[name] = await file.blob();
  }
  const { key, campaign, code, version, hash, name } = row;
  return { key, campaign, code, version, hash, name, xml, media, keptAt: new Date().toISOString() };
}

/** What was sent back is taken along as it was sent, so that it can be corrected without signal. */
async function bringReturns(store: Store): Promise<void> {
  for (const row of await store.rows("returns")) {
    const key = `return:${row.id}`;
    if ((await store.meta<{ ver: string } | null>(key))?.ver === row.ver) continue;
    const reply = await ask(store, String(row["xml"]));
    if (reply.ok) await store.setMeta(key, { ver: row.ver, xml: await reply.text() });
  }
}
