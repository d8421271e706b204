/** A visit being written down: kept in the phone's store on every tap, put into the outbox when it is finished. */
import { spotNow } from "./geo";
import type { Clock } from "./net";
import { newId, type Draft, type FileKept, type NewItem, type OutboxItem, type Spot, type Store } from "./store";
import type { Outcome, Verdict, VisitRow } from "./visit-rules";

export type Signing = "signs" | "refuses" | "later";

export interface Said {
  verdicts: Record<string, Verdict>;
  notes: Record<string, string>;
  /** Item → ids of its photos in the store. */
  photos: Record<string, string[]>;
  /** "" takes what follows from the verdicts. */
  outcome: Outcome | "";
  note: string;
  signing: Signing;
  name: string;
  capacity: string;
  witness: string;
  signature: string; // id of the picture in the store
  startedAt: number; // phone clock, the first tap
}

const NOTHING: Said = {
  verdicts: {}, notes: {}, photos: {}, outcome: "", note: "", signing: "signs", name: "", capacity: "", witness: "", signature: "", startedAt: 0,
};
const UNDO_MS = 6000;
export const MOST_PHOTOS = 19; // with the signature as many files as the server takes at once

export const draftOf = (visit: string): string => `visit-${visit}`;
export const isVisit = (draft: Draft): boolean => draft.id.startsWith("visit-");
export const visitOf = (draft: Draft): string => draft.id.replace(/^visit-/, "");

export class Working {
  private keeping: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly store: Store,
    readonly row: VisitRow,
    readonly said: Said,
    private readonly instance: string,
  ) {}

  /** The draft of a visit, a new one if there is none. undefined: the phone knows nothing of this visit. */
  static async open(store: Store, visit: string): Promise<Working | undefined> {
    const draft = await store.draft(draftOf(visit));
    const kept = draft?.extra as { said?: Said; row?: VisitRow } | undefined;
    // What was begun can be finished although the list no longer names it: the server says who was first.
    const row = (await store.row<VisitRow>("visits", visit)) ?? kept?.row;
    if (row === undefined) return undefined;
    return new Working(store, row, structuredClone({ ...NOTHING, ...kept?.said }), draft?.instance ?? newId());
  }

  /** Keep what stands now; keepings follow one another. Raises NoRoom. */
  keep(files: FileKept[] = []): Promise<void> {
    if (this.said.startedAt === 0) this.said.startedAt = Date.now();
    const draft: Draft = {
      id: draftOf(this.row.id), form: "", campaign: "", version: "", title: this.row.name, xml: "", savedAt: Date.now(), instance: this.instance,
      files: [...Object.values(this.said.photos).flat(), ...(this.said.signature === "" ? [] : [this.said.signature])],
      extra: { said: structuredClone(this.said), row: this.row },
    };
    const owned = files.map((file) => ({ ...file, owner: draft.id }));
    const turn = this.keeping.then(() => this.store.putDraft(draft, owned));
    this.keeping = turn.catch(() => undefined);
    return turn;
  }

  get photoCount(): number {
    return Object.values(this.said.photos).flat().length;
  }

  /** Into the outbox, once however often it is tapped: the item's id is the draft's own. */
  async finish(outcome: Outcome, ordered: boolean): Promise<OutboxItem> {
    const said = this.said;
    const items = this.row.items.filter((item) => said.verdicts[item.id] !== undefined);
    const shown = items.flatMap((item) => (said.photos[item.id] ?? []).map((id) => ({ id, of: { item: item.id } as Record<string, unknown> })));
    if (ordered && said.signing === "signs" && said.signature !== "") shown.push({ id: said.signature, of: { signature: true } });
    const signer =
      !ordered || said.signing === "later" ? null
      : said.signing === "refuses" ? { refused: true, witness: said.witness.trim() }
      : { name: said.name.trim(), capacity: said.capacity.trim() };
    const took = said.startedAt === 0 ? 0 : Math.round((Date.now() - said.startedAt) / 1000);
    return this.send(
      {
        step: "finish", outcome, note: said.note.trim(), signer, files: shown.map((each) => each.of),
        findings: items.map((item) => ({ item: item.id, verdict: said.verdicts[item.id], note: (said.notes[item.id] ?? "").trim() })),
        ...(took > 0 ? { took } : {}),
      },
      shown.map((each) => each.id),
    );
  }

  nobody(step: "not_open" | "gone", note: string): Promise<OutboxItem> {
    return this.send({ step, note }, []);
  }

  private async send(payload: Record<string, unknown>, files: string[]): Promise<OutboxItem> {
    if (!files.includes(this.said.signature)) this.said.signature = "";
    for (const [item, kept] of Object.entries(this.said.photos)) this.said.photos[item] = kept.filter((id) => files.includes(id));
    await this.keep();
    // Only what the item names may go with it: a photo that was taken away leaves nothing behind.
    for (const file of await this.store.filesOf(draftOf(this.row.id))) if (!files.includes(file.id)) await this.store.dropFile(file.id);
    const seen = await this.store.meta<Clock>("clock");
    const item: NewItem = {
      id: this.instance, kind: "act", act: "visit", title: this.row.name, files, at: new Date().toISOString(), holdUntil: Date.now() + UNDO_MS, spot: await nearby(),
      payload: { visit: this.row.id, ...payload, ...(seen === undefined ? {} : { _seen_at: seen.seenAt }) },
      about: { list: "visits", id: this.row.id },
    };
    return this.store.enqueue(item, { fromDraft: draftOf(this.row.id) });
  }
}

/** Where the phone is, if it knows soon; the page has asked when it was opened. */
async function nearby(): Promise<Spot | null> {
  const where = await spotNow(2500, 15 * 60_000);
  return "spot" in where ? where.spot : null;
}

/** What lies in the outbox about visits: visit → the last item. */
export async function sentOff(store: Store): Promise<Map<string, OutboxItem>> {
  const found = new Map<string, OutboxItem>();
  for (const item of await store.outbox()) if (item.act === "visit" && item.about !== undefined) found.set(item.about.id, item);
  return found;
}
