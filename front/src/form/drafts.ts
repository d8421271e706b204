/** Drafts of forms in IndexedDB, one for each form and person, kept until the server has answered 201. */

export interface Part {
  name: string;
  content: Blob;
}

export interface Draft {
  key: string;
  savedAt: number;
  /** The instance as the engine wrote it: XML first, then files. */
  parts: Part[];
  /** True once exactly these bytes were put on the wire: they are sent again as they are, so that the server can tell
   * a repetition (same id, same bytes, same receipt) from a second submission. */
  sent: boolean;
}

const STORE = "drafts";

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asking = indexedDB.open("guatu-forms", 1);
    asking.onupgradeneeded = () => asking.result.createObjectStore(STORE, { keyPath: "key" });
    asking.onsuccess = () => resolve(asking.result);
    asking.onerror = () => reject(asking.error ?? new Error("indexedDB"));
    asking.onblocked = () => reject(new Error("indexedDB blocked"));
  });
}

async function within<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const asking = work(transaction.objectStore(STORE));
      // Only a completed transaction is on the disk; a request alone may still be rolled back.
      transaction.oncomplete = () => resolve(asking.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error("indexedDB"));
    });
  } finally {
    database.close();
  }
}

export function readDraft(key: string): Promise<Draft | undefined> {
  return within("readonly", (store) => store.get(key) as IDBRequest<Draft | undefined>);
}

export async function writeDraft(draft: Draft): Promise<void> {
  await within("readwrite", (store) => store.put(draft));
}

export async function dropDraft(key: string): Promise<void> {
  await within("readwrite", (store) => store.delete(key));
}

export function partsOf(form: FormData): Part[] {
  return [...form.entries()].map(([name, value]) => ({
    name,
    content: typeof value === "string" ? new Blob([value], { type: "text/plain" }) : value,
  }));
}

export function formOf(parts: readonly Part[]): FormData {
  const form = new FormData();
  for (const part of parts) form.append(part.name, part.content, part.name);
  return form;
}
