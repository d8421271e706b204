/**
 * The phone's own store: lists as last synchronised, forms, drafts, the outbox, files.
 *
 *   const store = await openStore();              // the store of whoever is signed in on this phone
 *   await store.keepFile({ owner: draft.id, name: "photo.jpg", blob });   // → FileKept
 *   await store.putDraft(draft);
 *   await store.enqueue({ id, kind: "form", title, campaign, form, xml, files }, { fromDraft: draft.id });
 *   const off = store.onChange((topics) => …);    // also when another tab wrote
 *
 * One database for each person (`guatu-phone-<id>`): what one person collected on a shared phone is neither shown nor
 * sent under another's name. `guatu-phone` itself holds only who works here now. Every write is one transaction; when
 * the phone is full it fails as `NoRoom` and nothing is half-written.
 */
import { deleteDatabase, NoRoom, openDatabase, type Database } from "./db";
import type { Draft, FileKept, FormKept, NewItem, OutboxItem, ReceiptKept, Row, Trouble, Who } from "./kinds";

export { NoRoom } from "./db";
export type * from "./kinds";

const BASE = "guatu-phone";
export type Topic = "person" | "rows" | "forms" | "drafts" | "outbox" | "files" | "meta";

let opened: { person: string; store: Promise<Store> } | undefined;

/** The store of the present person; of nobody before the first sign-in. */
export async function openStore(): Promise<Store> {
  const who = await person();
  const id = who?.id ?? "nobody";
  if (opened?.person !== id) {
    const former = opened;
    opened = { person: id, store: openDatabase(`${BASE}-${id}`).then((database) => new Store(database, who)) };
    void former?.store.then((store) => store.close());
  }
  return opened.store;
}

/** Who works on this phone; undefined before the first sign-in and after signing out. */
export async function person(): Promise<Who | undefined> {
  const base = await openDatabase(BASE);
  try {
    return (await base.within(["meta"], "readonly", (t) => t.meta.get<{ key: string; value: Who }>("person")))?.value;
  } finally {
    base.close();
  }
}

/** Somebody signed in (or nobody any more). Another person's store stays closed until they are back. */
export async function setPerson(who: Who | undefined): Promise<void> {
  const base = await openDatabase(BASE);
  try {
    await base.within(["meta"], "readwrite", (t) =>
      who === undefined ? t.meta.drop("person") : t.meta.put({ key: "person", value: who }),
    );
  } finally {
    base.close();
  }
  tell(["person"]);
}

/** Sign-out: nothing of this person stays on the phone. The caller has asked about what is unsent. */
export async function wipe(): Promise<void> {
  const store = await openStore();
  const id = store.who?.id ?? "nobody";
  store.close();
  opened = undefined;
  await deleteDatabase(`${BASE}-${id}`);
  await setPerson(undefined);
}

/** A new id, also where `crypto.randomUUID` is missing (plain http, old browsers). */
export function newId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// ------------------------------------------------------------------------------------------ telling other tabs

const listeners = new Set<(topics: Topic[]) => void>();
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(BASE);
channel?.addEventListener("message", (event: MessageEvent<Topic[]>) => hear(event.data));

function hear(topics: Topic[]): void {
  if (topics.includes("person")) opened = undefined;
  for (const listener of listeners) listener(topics);
}

function tell(topics: Topic[]): void {
  channel?.postMessage(topics);
  queueMicrotask(() => hear(topics));
}

/** Calls `listener` after every write, in this tab or another; answers the way to stop it. */
export function onChange(listener: (topics: Topic[]) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// ------------------------------------------------------------------------------------------------- the store

export interface EnqueueOptions {
  /** The draft it was made from: leaves the drafts in the same transaction, and comes back if refused. */
  fromDraft?: string;
  /** Files that are kept in the same transaction. */
  files?: FileKept[];
}

export class Store {
  constructor(
    private readonly database: Database,
    readonly who: Who | undefined,
  ) {}

  /** False in browsers that keep nothing: the pages say so. */
  get durable(): boolean {
    return this.database.durable;
  }
  close(): void {
    this.database.close();
  }

  // ---- meta: small things by name (cursor:<list>, clock, csrf, synced)
  async meta<T>(key: string): Promise<T | undefined> {
    return (await this.database.within(["meta"], "readonly", (t) => t.meta.get<{ value: T }>(key)))?.value;
  }
  async setMeta(key: string, value: unknown): Promise<void> {
    await this.database.within(["meta"], "readwrite", (t) => t.meta.put({ key, value }));
    tell(["meta"]);
  }
  /** Read and replace in one transaction (leases, counters). */
  async changeMeta<T>(key: string, change: (old: T | undefined) => T | undefined): Promise<T | undefined> {
    return this.database.within(["meta"], "readwrite", async (t) => {
      const old = (await t.meta.get<{ value: T }>(key))?.value;
      const value = change(old);
      if (value !== undefined) await t.meta.put({ key, value });
      return value;
    });
  }

  // ---- lists
  async rows<T extends Row = Row>(list: string): Promise<T[]> {
    const kept = await this.database.within(["rows"], "readonly", (t) => t.rows.all<{ row: T }>("list", list));
    return kept.map((one) => one.row);
  }
  async row<T extends Row = Row>(list: string, id: string): Promise<T | undefined> {
    return (await this.database.within(["rows"], "readonly", (t) => t.rows.get<{ row: T }>([list, id])))?.row;
  }
  /** One answer of the server: rows in, gone ones out, and the cursor, together or not at all. */
  async applyDelta(list: string, delta: { reset: boolean; rows: Row[]; gone: string[]; cursor: unknown }): Promise<void> {
    await this.database.within(["rows", "meta"], "readwrite", async (t) => {
      if (delta.reset) {
        for (const { id } of await t.rows.all<{ id: string }>("list", list)) await t.rows.drop([list, id]);
      }
      for (const id of delta.gone) await t.rows.drop([list, id]);
      for (const row of delta.rows) await t.rows.put({ list, id: row.id, row });
      await t.meta.put({ key: `cursor:${list}`, value: delta.cursor });
    });
    if (delta.reset || delta.rows.length > 0 || delta.gone.length > 0) tell(["rows"]);
  }
  async dropList(list: string): Promise<void> {
    await this.applyDelta(list, { reset: true, rows: [], gone: [], cursor: null });
  }

  // ---- forms
  forms(): Promise<FormKept[]> {
    return this.database.within(["forms"], "readonly", (t) => t.forms.all<FormKept>());
  }
  form(key: string): Promise<FormKept | undefined> {
    return this.database.within(["forms"], "readonly", (t) => t.forms.get<FormKept>(key));
  }
  async putForm(form: FormKept): Promise<void> {
    await this.database.within(["forms"], "readwrite", (t) => t.forms.put(form));
    tell(["forms"]);
  }
  async dropForm(key: string): Promise<void> {
    await this.database.within(["forms"], "readwrite", (t) => t.forms.drop(key));
    tell(["forms"]);
  }

  // ---- drafts
  async drafts(): Promise<Draft[]> {
    const kept = await this.database.within(["drafts"], "readonly", (t) => t.drafts.all<Draft>());
    return kept.sort((one, other) => other.savedAt - one.savedAt);
  }
  draft(id: string): Promise<Draft | undefined> {
    return this.database.within(["drafts"], "readonly", (t) => t.drafts.get<Draft>(id));
  }
  /** files: new ones, kept in the same transaction. Raises NoRoom. */
  async putDraft(draft: Draft, files: FileKept[] = []): Promise<void> {
    await this.database.within(["drafts", "files"], "readwrite", async (t) => {
      for (const file of files) await t.files.put(file);
      await t.drafts.put(draft);
    });
    tell(["drafts"]);
  }
  /** Answers what was dropped, files included, so that it can be put back (undo). */
  async dropDraft(id: string): Promise<{ draft: Draft; files: FileKept[] } | undefined> {
    const gone = await this.database.within(["drafts", "files"], "readwrite", async (t) => {
      const draft = await t.drafts.get<Draft>(id);
      const files = await t.files.all<FileKept>("owner", id);
      for (const file of files) await t.files.drop(file.id);
      await t.drafts.drop(id);
      return draft === undefined ? undefined : { draft, files };
    });
    tell(["drafts"]);
    return gone;
  }

  // ---- files
  /** Keep a photo or a signature. Raises NoRoom. */
  async keepFile(file: { owner: string; name: string; blob: Blob; id?: string }): Promise<FileKept> {
    const kept: FileKept = {
      id: file.id ?? newId(),
      owner: file.owner,
      name: file.name,
      type: file.blob.type,
      blob: file.blob,
      size: file.blob.size,
      madeAt: Date.now(),
    };
    await this.database.within(["files"], "readwrite", (t) => t.files.put(kept));
    tell(["files"]);
    return kept;
  }
  file(id: string): Promise<FileKept | undefined> {
    return this.database.within(["files"], "readonly", (t) => t.files.get<FileKept>(id));
  }
  filesOf(owner: string): Promise<FileKept[]> {
    return this.database.within(["files"], "readonly", (t) => t.files.all<FileKept>("owner", owner));
  }
  async dropFile(id: string): Promise<void> {
    await this.database.within(["files"], "readwrite", (t) => t.files.drop(id));
    tell(["files"]);
  }
  /** Photos of what the server has already received: they may go. Answers the bytes that became free. */
  async freeSent(): Promise<number> {
    const freed = await this.database.within(["outbox", "files"], "readwrite", async (t) => {
      let bytes = 0;
      for (const item of await t.outbox.all<OutboxItem>()) {
        if (item.state !== "sent") continue;
        for (const file of await t.files.all<FileKept>("owner", item.id)) {
          bytes += file.size;
          await t.files.drop(file.id);
        }
      }
      return bytes;
    });
    tell(["files"]);
    return freed;
  }

  // ---- the outbox
  /** Everything, in the order in which it is sent. */
  async outbox(): Promise<OutboxItem[]> {
    const kept = await this.database.within(["outbox"], "readonly", (t) => t.outbox.all<OutboxItem>());
    return kept.sort((one, other) => one.seq - other.seq);
  }
  outboxItem(id: string): Promise<OutboxItem | undefined> {
    return this.database.within(["outbox"], "readonly", (t) => t.outbox.get<OutboxItem>(id));
  }
  /** Put something into the outbox: item, files, and the end of its draft in one transaction. Raises NoRoom. */
  async enqueue(item: NewItem, options: EnqueueOptions = {}): Promise<OutboxItem> {
    const made = await this.database.within(["outbox", "files", "drafts", "meta"], "readwrite", async (t) => {
      const known = await t.outbox.get<OutboxItem>(item.id);
      if (known !== undefined) return known; // a double tap
      const seq = ((await t.meta.get<{ value: number }>("seq"))?.value ?? 0) + 1;
      await t.meta.put({ key: "seq", value: seq });
      const row: OutboxItem = { ...EMPTY, at: new Date().toISOString(), ...item, seq };
      for (const file of options.files ?? []) await t.files.put({ ...file, owner: item.id });
      if (options.fromDraft !== undefined) {
        const draft = await t.drafts.get<Draft>(options.fromDraft);
        if (draft !== undefined) row.draft = draft;
        for (const file of await t.files.all<FileKept>("owner", options.fromDraft)) await t.files.put({ ...file, owner: item.id });
        await t.drafts.drop(options.fromDraft);
      }
      await t.outbox.put(row);
      return row;
    });
    tell(["outbox", "drafts"]);
    return made;
  }
  /** Change an item if it is still what the caller thinks; undefined when it is gone or `change` declines. */
  async changeItem(id: string, change: (item: OutboxItem) => OutboxItem | undefined): Promise<OutboxItem | undefined> {
    const changed = await this.database.within(["outbox"], "readwrite", async (t) => {
      const item = await t.outbox.get<OutboxItem>(id);
      const next = item === undefined ? undefined : change(item);
      if (next !== undefined) await t.outbox.put(next);
      return next;
    });
    if (changed !== undefined) tell(["outbox"]);
    return changed;
  }
  /** A refused item is tried once more, as it is. */
  retry(id: string): Promise<OutboxItem | undefined> {
    return this.changeItem(id, (item) => {
      if (item.state === "sent") return undefined;
      const { problem: _problem, ...rest } = item;
      return { ...rest, state: "waiting", tries: 0, triedAt: 0, holdUntil: 0 };
    });
  }
  /** Take back what has not been put on the wire (undo), or give up what was refused. Answers it whole, for undo. */
  async withdraw(id: string): Promise<{ item: OutboxItem; files: FileKept[] } | undefined> {
    const gone = await this.database.within(["outbox", "files"], "readwrite", async (t) => {
      const item = await t.outbox.get<OutboxItem>(id);
      // What may be at the server already cannot be taken back here: only its answer tells.
      if (item === undefined || !(item.state === "refused" || (item.state === "waiting" && item.tries === 0))) return undefined;
      const files = await t.files.all<FileKept>("owner", id);
      for (const file of files) await t.files.drop(file.id);
      await t.outbox.drop(id);
      return { item, files };
    });
    if (gone !== undefined) tell(["outbox"]);
    return gone;
  }
  /** Undo of `withdraw`: it goes back to its place in the order. */
  async putBack(taken: { item: OutboxItem; files: FileKept[] }): Promise<void> {
    await this.database.within(["outbox", "files"], "readwrite", async (t) => {
      for (const file of taken.files) await t.files.put(file);
      await t.outbox.put(taken.item);
    });
    tell(["outbox"]);
  }
  /** What was refused, or is an act not yet on the wire (undo), becomes the draft it was made from again; answers it. */
  async withdrawRefused(id: string): Promise<Draft | undefined> {
    const draft = await this.database.within(["outbox", "drafts", "files"], "readwrite", async (t) => {
      const item = await t.outbox.get<OutboxItem>(id);
      if (item === undefined || (item.kind !== "form" && item.draft === undefined)) return undefined;
      if (item.state !== "refused" && !(item.kind === "act" && item.state === "waiting" && item.tries === 0)) return undefined;
      const row: Draft = {
        ...(item.draft ?? {
          id: newId(),
          form: item.form,
          campaign: item.campaign,
          version: "",
          title: item.title,
          xml: item.xml,
          files: item.files,
          savedAt: 0,
          instance: item.id,
        }),
        savedAt: Date.now(),
        ...(item.problem === undefined ? {} : { problem: item.problem }),
      };
      for (const file of await t.files.all<FileKept>("owner", id)) await t.files.put({ ...file, owner: row.id });
      await t.drafts.put(row);
      await t.outbox.drop(id);
      return row;
    });
    if (draft !== undefined) tell(["outbox", "drafts"]);
    return draft;
  }
  /** The server has it: keep the receipt, let the draft go. */
  received(id: string, receipt: ReceiptKept): Promise<OutboxItem | undefined> {
    return this.changeItem(id, ({ problem: _problem, draft: _draft, ...item }) => ({
      ...item,
      state: "sent",
      sentAt: Date.now(),
      receipt,
    }));
  }
  refused(id: string, problem: Trouble): Promise<OutboxItem | undefined> {
    return this.changeItem(id, (item) => (item.state === "sent" ? undefined : { ...item, state: "refused", problem }));
  }
  /** Forget receipts older than `days`, with their files. */
  async tidy(days = 30): Promise<void> {
    const before = Date.now() - days * 86_400_000;
    await this.database.within(["outbox", "files"], "readwrite", async (t) => {
      for (const item of await t.outbox.all<OutboxItem>()) {
        if (item.state !== "sent" || item.sentAt > before) continue;
        for (const file of await t.files.all<FileKept>("owner", item.id)) await t.files.drop(file.id);
        await t.outbox.drop(item.id);
      }
    });
  }
}

const EMPTY: Omit<OutboxItem, "id" | "seq" | "kind" | "title"> = {
  act: "",
  campaign: "",
  form: "",
  xml: "",
  payload: {},
  files: [],
  at: "",
  spot: null,
  after: "",
  state: "waiting",
  tries: 0,
  triedAt: 0,
  holdUntil: 0,
  sentAt: 0,
};

/** Whether what failed failed because the phone is full. */
export function isFull(reason: unknown): reason is NoRoom {
  return reason instanceof NoRoom;
}
