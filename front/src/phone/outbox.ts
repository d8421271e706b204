/**
 * Sending the outbox: in order, exactly once.
 *
 * Ids are made before the first try, the bytes never change, and the server answers the same receipt again: so whatever
 * is lost on the way, sending once more is always right. What is refused stays with the server's sentence and the later
 * ones go on, but for those that name it in `after`.
 */
import { ask, json, NoSignal, type Clock } from "./net";
import { onlyHere } from "./lock";
import type { FileKept, OutboxItem, ReceiptKept, Store, Trouble } from "./store";

/** Why sending stopped: nothing left, no signal (try later), sign in first, another person is signed in, busy elsewhere. */
export type End = "done" | "held" | "signal" | "sign-in" | "other-person" | "elsewhere";

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 10 * 60_000;
const MOST_BYTES = 15_000_000; // of one post; what is larger goes in several, as OpenRosa has it

/** How long to wait after so many failures: 5 s, 10 s, 20 s … 10 min, with a little chance so that phones do not march. */
export function waitAfter(tries: number, chance = Math.random()): number {
  return Math.round(Math.min(FIRST_WAIT_MS * 2 ** Math.max(0, tries - 1), LONGEST_WAIT_MS) * (0.8 + 0.4 * chance));
}

/** Send all that can be sent, unless another tab is doing it. */
export async function sendAll(store: Store): Promise<End> {
  let end: End = "elsewhere";
  await onlyHere(store, "send", async () => {
    end = await run(store);
  });
  return end;
}

async function run(store: Store): Promise<End> {
  if (store.who === undefined) return "sign-in";
  for (;;) {
    const items = await store.outbox();
    const next = nextOf(items);
    if (next === undefined) return items.some((item) => item.state === "waiting" && item.holdUntil > Date.now()) ? "held" : "done";
    const end = await sendOne(store, next);
    if (end !== undefined) return end;
  }
}

/** The first that may go. Held ones (they may still be undone) keep those behind them waiting: order is strict. */
export function nextOf(items: readonly OutboxItem[], now = Date.now()): OutboxItem | undefined {
  for (const item of items) {
    if (item.state === "sent" || item.state === "refused") continue;
    if (item.after !== "" && items.some((other) => other.id === item.after && other.state !== "sent")) continue;
    return item.holdUntil > now && item.holdUntil < now + 60_000 ? undefined : item;
  }
  return undefined;
}

async function sendOne(store: Store, item: OutboxItem): Promise<End | undefined> {
  const begun = await store.changeItem(item.id, (now) =>
    now.state === "waiting" || now.state === "sending" ? { ...now, state: "sending", tries: now.tries + 1, triedAt: Date.now() } : undefined,
  );
  if (begun === undefined) return undefined; // withdrawn a moment ago
  try {
    const files = await store.filesOf(item.id);
    const said = item.kind === "form" ? await postForm(store, begun, files) : await postAct(store, begun, files);
    if (said.kind === "received") await store.received(item.id, said.receipt);
    else if (said.kind === "refused") await store.refused(item.id, said.problem);
    else {
      await wait(store, item.id);
      return said.end;
    }
    return undefined;
  } catch (reason) {
    await wait(store, item.id);
    if (reason instanceof NoSignal) return "signal";
    throw reason;
  }
}

function wait(store: Store, id: string): Promise<unknown> {
  return store.changeItem(id, (item) => (item.state === "sending" ? { ...item, state: "waiting" } : undefined));
}

type Said = { kind: "received"; receipt: ReceiptKept } | { kind: "refused"; problem: Trouble } | { kind: "later"; end: End };

async function postAct(store: Store, item: OutboxItem, files: readonly FileKept[]): Promise<Said> {
  const clock = await store.meta<Clock>("clock");
  const seen = item.payload["_seen_at"];
  const { _seen_at: _unused, ...payload } = item.payload;
  const body = new FormData();
  const said = {
    id: item.id,
    kind: item.act,
    payload,
    at: item.at,
    sent_at: new Date().toISOString(),
    ...(typeof seen === "string" ? { seen_at: seen } : {}),
    ...(item.spot === null ? {} : { spot: { lon: item.spot.lon, lat: item.spot.lat, accuracy: item.spot.accuracy } }),
  };
  body.append("item", JSON.stringify(said));
  for (const file of inOrder(item, files)) body.append("file", file.blob, file.name);
  const reply = await ask(store, "/m/outbox", { method: "POST", body });
  const told = await json(reply);
  if ((reply.status === 200 || reply.status === 201) && told !== undefined && told["id"] === item.id) {
    return {
      kind: "received",
      receipt: {
        number: String(told["number"] ?? ""),
        sentence: String(told["sentence"] ?? ""),
        at: String(told["received_at"] ?? ""),
        skew: Number(told["skew"] ?? (clock?.offset ?? 0) / 1000),
        answer: (told["answer"] as Record<string, unknown> | undefined) ?? {},
      },
    };
  }
  return refusalOf(reply.status, told);
}

async function postForm(store: Store, item: OutboxItem, files: readonly FileKept[]): Promise<Said> {
  const batches = inBatches(inOrder(item, files));
  let said: Said = { kind: "later", end: "signal" };
  for (const [index, batch] of batches.entries()) {
    const body = new FormData();
    body.append("xml_submission_file", new Blob([item.xml], { type: "text/xml" }), "xml_submission_file");
    for (const file of batch) body.append(file.name, file.blob, file.name);
    if (index < batches.length - 1) body.append("*isIncomplete*", "yes");
    said = await postOne(store, item, body);
    if (said.kind !== "received") return said;
  }
  return said;
}

async function postOne(store: Store, item: OutboxItem, body: FormData): Promise<Said> {
  const clock = await store.meta<Clock>("clock");
  const address = `/openrosa/${encodeURIComponent(item.campaign)}/submission?deviceID=phone`;
  const reply = await ask(store, address, { method: "POST", body, headers: { "X-OpenRosa-Version": "1.0" } });
  // OpenRosa: only 201 and 202 mean that it is kept. 200 may be a hotel's sign-in page.
  const text = await reply.text().catch(() => "");
  const words = messageOf(text);
  if ((reply.status === 201 || reply.status === 202) && reply.headers.get("X-OpenRosa-Version") !== null) {
    return {
      kind: "received",
      receipt: {
        number: reply.headers.get("X-Guatu-Receipt") ?? "",
        sentence: words,
        at: new Date(Date.now() + (clock?.offset ?? 0)).toISOString(),
        skew: (clock?.offset ?? 0) / 1000,
        answer: {},
      },
    };
  }
  const code = reply.headers.get("X-Guatu-Problem") ?? "";
  if (words === "" && code === "") return reply.status < 400 ? { kind: "later", end: "signal" } : refusalOf(reply.status, undefined);
  return refusalOf(reply.status, { code, message: words, next: "", details: { questions: questionsIn(reply.headers.get("X-Guatu-Questions")) } });
}

const PASSING = new Set(["intake.csrf", "kernel.busy", "submission.busy", "intake.too_many_tries"]);

/** What a refusal means for the outbox: stop and come again, or this one cannot stand as it is. */
export function refusalOf(status: number, told: Record<string, unknown> | undefined): Said {
  const code = String(told?.["code"] ?? "");
  if (status === 401 || code === "phone.sign_in" || code === "intake.sign_in") return { kind: "later", end: "sign-in" };
  if (code === "phone.other_person" || code === "intake.other_person") return { kind: "later", end: "other-person" };
  // Something in between, an overloaded or a starting server, a token that has just changed: nothing was decided.
  if (status < 400 || status >= 500 || status === 429 || status === 408 || status === 413 && told === undefined) return { kind: "later", end: "signal" };
  if (told === undefined || PASSING.has(code)) return { kind: "later", end: "signal" };
  const notes = notesOf(told["details"]);
  const questions = [...namedBy(told["details"]), ...Object.keys(notes)];
  return { kind: "refused", problem: { code, message: String(told["message"] ?? ""), next: String(told["next"] ?? ""), questions, notes } };
}

/** The questions a refused form is told of, in a header beside the sentence. */
function questionsIn(header: string | null): unknown {
  try {
    return JSON.parse(header ?? "[]") as unknown;
  } catch {
    return [];
  }
}

/** Path → what is wrong there. */
function notesOf(details: unknown): Record<string, string> {
  const said = typeof details === "object" && details !== null ? (details as Record<string, unknown>)["questions"] : undefined;
  const notes: Record<string, string> = {};
  for (const one of Array.isArray(said) ? (said as Record<string, unknown>[]) : []) {
    if (typeof one?.["path"] === "string") notes[one["path"]] = String(one["note"] ?? "");
  }
  return notes;
}

function namedBy(details: unknown): string[] {
  if (typeof details !== "object" || details === null) return [];
  const said = details as Record<string, unknown>;
  return ["path", "question", "field", "what"].map((name) => said[name]).filter((value): value is string => typeof value === "string");
}

/** The sentence of an OpenRosa answer. By hand, because workers have no parser for XML. */
export function messageOf(text: string): string {
  const inside = /<message[^>]*>([\s\S]*?)<\/message>/.exec(text)?.[1] ?? "";
  const signs: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return inside.replace(/&(#x[0-9a-f]+|#\d+|lt|gt|quot|apos|amp);/gi, (_whole, name: string) => {
    if (name.startsWith("#x")) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
    if (name.startsWith("#")) return String.fromCodePoint(Number(name.slice(1)));
    return signs[name.toLowerCase()] ?? "";
  }).trim();
}

/** Files in the order the item names them, so that every try has the same bytes. */
function inOrder(item: OutboxItem, files: readonly FileKept[]): FileKept[] {
  const place = new Map(item.files.map((id, index) => [id, index]));
  return [...files].sort((one, other) => (place.get(one.id) ?? 1e9) - (place.get(other.id) ?? 1e9) || one.id.localeCompare(other.id));
}

function inBatches(files: readonly FileKept[]): FileKept[][] {
  const batches: FileKept[][] = [[]];
  let size = 0;
  for (const file of files) {
    if (size + file.size > MOST_BYTES && size > 0) {
      batches.push([]);
      size = 0;
    }
    batches[batches.length - 1]?.push(file);
    size += file.size;
  }
  return batches;
}
