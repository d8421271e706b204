/** Submissions that were sent back: their answers come with the lists and then stand in the phone. */
import { textOf } from "./fill-engine";
import { ask, NoSignal } from "./net";
import type { Row, Store } from "./store";

export interface Returned {
  id: string;
  form: string;
  campaign: string;
  version: string;
  title: string;
  xml: string;
  reason: string;
  dueAt: string;
  questions: { path: string; note: string }[];
}

/** As it came with the last synchronisation, else from the server; undefined when neither has it. */
export async function returned(store: Store, id: string): Promise<Returned | undefined> {
  const row = await store.row("returns", id);
  if (row === undefined) return undefined;
  const xml = (await store.meta<{ xml: string } | null>(`return:${id}`))?.xml ?? (await fetched(store, row));
  if (xml === undefined) return undefined;
  const text = (name: string): string => (typeof row[name] === "string" ? (row[name] as string) : "");
  return {
    id,
    form: text("form"),
    campaign: text("campaign"),
    version: new DOMParser().parseFromString(xml, "application/xml").documentElement.getAttribute("version") ?? "",
    title: text("title") || textOf(xml, "instanceName"),
    xml,
    reason: text("reason"),
    dueAt: text("due_at"),
    questions: (row["questions"] as Returned["questions"] | undefined) ?? [],
  };
}

async function fetched(store: Store, row: Row): Promise<string | undefined> {
  try {
    const reply = await ask(store, String(row["xml"]));
    if (!reply.ok) return undefined;
    const xml = await reply.text();
    await store.setMeta(`return:${row.id}`, { ver: row.ver, xml });
    return xml;
  } catch (reason) {
    if (reason instanceof NoSignal) return undefined;
    throw reason;
  }
}
