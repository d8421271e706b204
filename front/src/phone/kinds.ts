/** What the phone keeps: the shapes of the rows of its store. */

/** Where the phone was: WGS 84 degrees, metres, phone clock. */
export interface Spot {
  lon: number;
  lat: number;
  accuracy: number;
  at: string;
}

/** Who works on this phone, as the server told at the last contact. */
export interface Who {
  id: string;
  username: string;
  name: string;
  unit: string;
  language: "zh-hans" | "en";
  large: boolean;
}

/** A row of an assigned list, as the server sends it: `id`, `ver`, and what the list says of it. */
export interface Row {
  id: string;
  ver: string;
  [field: string]: unknown;
}

/** A form that may be filled: its text and files as published. key: `campaign/code`. */
export interface FormKept {
  key: string;
  campaign: string;
  code: string;
  version: string;
  hash: string;
  name: string;
  xml: string;
  media: Record<string, Blob>;
  keptAt: string;
}

/** What stands against a thing that was refused: the server's sentence and the questions or fields it names. */
export interface Trouble {
  code: string;
  message: string;
  next: string;
  questions: string[];
  /** What is wrong with each of them, in the server's words, where it said so. */
  notes?: Record<string, string>;
}

/** A form being filled. Kept until it is put into the outbox; never touched by updates of the pages. */
export interface Draft {
  id: string;
  form: string; // the form's code
  campaign: string; // the campaign's slug
  version: string;
  title: string;
  xml: string; // the instance as the engine wrote it
  files: string[]; // ids in `files`
  savedAt: number; // phone clock
  instance: string; // instanceID
  /** The return this answers, and what the reviewer said. */
  returned?: { id: string; reason: string; questions: { path: string; note: string }[] };
  /** The server's refusal, when this came back from the outbox. */
  problem?: Trouble;
  /** Whatever the filling page wants to find again (open page, repeat counts). */
  extra?: Record<string, unknown>;
}

/** A photo, a signature, a recording. owner: the draft or the outbox item that holds it. */
export interface FileKept {
  id: string;
  owner: string;
  name: string;
  type: string;
  blob: Blob;
  size: number;
  madeAt: number;
}

export type State = "waiting" | "sending" | "sent" | "refused";

/** The server's promise. number: what a person may read out on the telephone. */
export interface ReceiptKept {
  number: string;
  sentence: string;
  at: string; // server clock
  skew: number; // seconds the phone's clock was behind the server's
  answer: Record<string, unknown>;
}

/** One thing to send. id is made before the first try and never changes; what is sent under it never changes either. */
export interface OutboxItem {
  id: string; // form: the instanceID; act: a UUID
  seq: number; // strict order
  kind: "form" | "act";
  act: string; // name in the server's table of kinds; "" for a form
  title: string; // what a person reads in the outbox
  campaign: string; // form: the campaign's slug
  form: string; // form: its code
  xml: string; // form: the submission
  payload: Record<string, unknown>; // act: what it says
  files: string[];
  at: string; // phone clock, when the person did it
  spot: Spot | null;
  after: string; // id of the item that must be received before this one; "" for none
  state: State;
  tries: number;
  triedAt: number;
  holdUntil: number; // phone clock: not before, so that a tap can be undone
  sentAt: number;
  receipt?: ReceiptKept;
  problem?: Trouble;
  /** The draft it was made from, to go back to when it is refused. */
  draft?: Draft;
  /** What the pages show of it while it waits, e.g. { list: "places", id: "…" }. */
  about?: { list: string; id: string };
}

export type NewItem = Pick<OutboxItem, "id" | "kind" | "title"> & Partial<Omit<OutboxItem, "seq" | "state">>;
