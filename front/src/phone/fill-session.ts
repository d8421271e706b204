/** One form being filled: the engine's instance, the draft it is kept in, and what is to be told about it. */
import type { RootNode } from "@getodk/xforms-engine";
import { shallowReactive, type InjectionKey } from "vue";
import { pathOf, placeOf, textOf, textsOf, type Opened } from "./fill-engine";
import { newId, type Draft, type FileKept, type FormKept, type Store } from "./store";

const KEEP_AFTER_MS = 300;
/** So long it may be taken back, also where there is signal. */
const HOLD_MS = 4_000;

/** What the page shows beside the questions; every field is watched. */
export interface Standing {
  /** Somebody pressed 提交: everything that is missing may now be said. */
  tried: boolean;
  /** Phone clock of the last time everything was on the disk; 0: nothing yet. */
  savedAt: number;
  /** Why it is not on the disk. */
  trouble: string;
  busy: boolean;
  language: string;
}

interface ValueNode {
  nodeId: string;
  currentState: { reference: string };
}

export class Session {
  readonly standing: Standing = shallowReactive({ tried: false, savedAt: 0, trouble: "", busy: false, language: "" });
  /** Questions somebody has worked on, by node id: only these are found fault with before 提交. */
  readonly touched = shallowReactive(new Set<string>());
  /** What a reviewer or the server said about a question, by its path; "" names a question without a word. */
  readonly marks = shallowReactive(new Map<string, string>());
  /** Addresses of the form's own pictures and sounds, by file name. */
  private readonly addresses = new Map<string, string>();
  private timer = 0;
  private last = "";
  private keeping: Promise<void> = Promise.resolve();
  /** Called with the draft's id when it first stands on the disk. */
  onKept: (id: string) => void = () => undefined;
  readonly root: RootNode;

  constructor(
    private readonly opened: Opened,
    readonly form: FormKept,
    readonly store: Store,
    public draft: Draft,
    private stands: boolean,
  ) {
    this.root = opened.root;
    for (const { path, note } of draft.returned?.questions ?? []) this.marks.set(path, note);
    for (const path of draft.problem?.questions ?? []) this.marks.set(path, draft.problem?.notes?.[path] ?? draft.problem?.message ?? "");
    if (draft.savedAt > 0 && stands) this.standing.savedAt = draft.savedAt;
    this.last = stands ? draft.xml : opened.xml();
  }

  // ------------------------------------------------------------------------------------------ answering

  /** Change an answer: `work` calls the engine. */
  set(node: ValueNode, work: () => unknown): void {
    work();
    this.touched.add(node.nodeId);
    this.changed();
  }

  changed(): void {
    if (this.standing.busy) return;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.keep(), KEEP_AFTER_MS);
  }

  markOf(node: ValueNode): string | undefined {
    if (this.marks.size === 0) return undefined;
    const reference = node.currentState.reference;
    const path = pathOf(reference);
    // One repetition (/r[2]/name), all of them (/r/name), or the name alone.
    return this.marks.get(placeOf(reference)) ?? this.marks.get(path) ?? this.marks.get(path.split("/").pop() ?? "");
  }

  /** An address for a file of the form (picture in a label, sound, image map); "" when the phone does not have it. */
  address(name: string): string {
    const known = this.addresses.get(name);
    if (known !== undefined) return known;
    const blob = this.form.media[name];
    const address = blob === undefined ? "" : URL.createObjectURL(blob);
    this.addresses.set(name, address);
    return address;
  }

  // ------------------------------------------------------------------------------------------ keeping

  /** Keep everything now; again and again the same draft. */
  keep(): Promise<void> {
    window.clearTimeout(this.timer);
    this.keeping = this.keeping.then(() => this.write());
    return this.keeping;
  }

  private async write(): Promise<void> {
    if (this.standing.busy) return;
    const xml = this.opened.xml();
    if (xml === this.last) return;
    const draft = { ...this.draft, ...this.said(xml), savedAt: Date.now() };
    try {
      await this.store.putDraft(draft);
      this.last = xml;
      this.draft = draft;
      this.standing.savedAt = draft.savedAt;
      this.standing.trouble = "";
      if (!this.stands) this.onKept(draft.id);
      this.stands = true;
    } catch (reason) {
      this.standing.trouble = reason instanceof Error ? reason.name : "Error";
    }
  }

  private said(xml: string): Pick<Draft, "xml" | "title" | "instance"> {
    const title = textOf(xml, "instanceName") || this.form.name;
    return { xml, title: title.slice(0, 120), instance: textOf(xml, "instanceID") || this.draft.instance };
  }

  /** Keep a file beside the draft, at once; answers it under the name it is sent with. */
  async keepFile(content: Blob, extension: string, type = content.type): Promise<File> {
    const name = fileName(extension);
    const file = new File([content], name, { type });
    const kept: FileKept = {
      id: newId(),
      owner: this.draft.id,
      name,
      type,
      blob: new Blob([content], { type }),
      size: content.size,
      madeAt: Date.now(),
    };
    const draft = { ...this.draft, files: [...this.draft.files, kept.id] };
    await this.store.putDraft(draft, [kept]);
    this.draft = draft;
    this.last = ""; // the answer that names it follows
    if (!this.stands) this.onKept(draft.id);
    this.stands = true;
    return file;
  }

  /** Files the answers do not name any more are let go: called when the draft is opened and before it is sent. */
  async tidyFiles(): Promise<FileKept[]> {
    const named = textsOf(this.draft.xml || this.opened.xml());
    const kept: FileKept[] = [];
    for (const file of await this.store.filesOf(this.draft.id)) {
      if (named.has(file.name)) kept.push(file);
      else await this.store.dropFile(file.id);
    }
    return kept;
  }

  /** Put it into the outbox; the draft ends in the same transaction. Answers the outbox item's id. */
  async send(): Promise<string> {
    await this.keep();
    this.standing.busy = true;
    try {
      const xml = this.opened.xml();
      // Exactly these answers, also when nothing was changed since the draft was opened.
      this.draft = { ...this.draft, ...this.said(xml), savedAt: Date.now() };
      const files = await this.tidyFiles();
      this.draft = { ...this.draft, files: files.map((file) => file.id) };
      await this.store.putDraft(this.draft);
      const { id, campaign, title, instance } = this.draft;
      await this.store.enqueue(
        {
          id: instance, kind: "form", title, campaign, form: this.form.code, xml, files: this.draft.files,
          holdUntil: Date.now() + HOLD_MS,
        },
        { fromDraft: id },
      );
      await this.store.setMeta(lastKey(this.form), xml);
      return instance;
    } catch (reason) {
      this.standing.busy = false;
      throw reason;
    }
  }

  close(): void {
    window.clearTimeout(this.timer);
    for (const address of this.addresses.values()) if (address !== "") URL.revokeObjectURL(address);
    this.addresses.clear();
  }
}

export const SESSION: InjectionKey<Session> = Symbol("guatu-fill");

/** Where the last submission of a form is kept, for forms that begin where the last one ended. */
export function lastKey(form: FormKept): string {
  return `last:${form.campaign}/${form.code}`;
}

/** A name no other file of any phone has: the moment and a random part. The engine keeps the name a file comes with. */
function fileName(extension: string): string {
  const random = newId().slice(0, 8);
  return `${Date.now()}-${random}${extension === "" || extension.startsWith(".") ? extension : `.${extension}`}`;
}
