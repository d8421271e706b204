/**
 * The smallest possible layer over IndexedDB: a transaction over named tables, all or nothing.
 *
 * Where a browser has no IndexedDB (some pages inside messengers, some private windows) the same calls work on memory;
 * `durable` is then false and the pages say that nothing survives closing.
 */

export type TableName = "meta" | "rows" | "forms" | "drafts" | "outbox" | "files";

export interface Table {
  get<T>(key: IDBValidKey): Promise<T | undefined>;
  /** Everything, or what an index holds for one value, in the order of the keys. */
  all<T>(index?: string, value?: IDBValidKey): Promise<T[]>;
  put(row: object): Promise<void>;
  drop(key: IDBValidKey): Promise<void>;
  clear(): Promise<void>;
}

export type Tables = Readonly<Record<TableName, Table>>;

export interface Database {
  readonly durable: boolean;
  /** Everything `work` writes is kept, or nothing. `work` may await only the tables' own promises. */
  within<T>(tables: readonly TableName[], mode: "readonly" | "readwrite", work: (tables: Tables) => Promise<T>): Promise<T>;
  close(): void;
}

/** The phone has no room left. Nothing of what was being kept is kept; what was there before is untouched. */
export class NoRoom extends Error {
  override name = "NoRoom";
}

interface Shape {
  key: string | string[];
  indexes?: Readonly<Record<string, string>>;
}

const SHAPES: Readonly<Record<TableName, Shape>> = {
  meta: { key: "key" },
  rows: { key: ["list", "id"], indexes: { list: "list" } },
  forms: { key: "key" },
  drafts: { key: "id" },
  outbox: { key: "id" },
  files: { key: "id", indexes: { owner: "owner" } },
};
const NAMES = Object.keys(SHAPES) as TableName[];
const VERSION = 1;

const memories = new Map<string, MemoryDatabase>();

/** Open (or make) a database; falls back to memory when the browser has none. */
export async function openDatabase(name: string): Promise<Database> {
  try {
    return new DiskDatabase(await ask(name));
  } catch {
    const kept = memories.get(name) ?? new MemoryDatabase();
    memories.set(name, kept);
    return kept;
  }
}

/** Forget a database and everything in it. */
export function deleteDatabase(name: string): Promise<void> {
  memories.delete(name);
  return new Promise((resolve) => {
    try {
      const asking = indexedDB.deleteDatabase(name);
      asking.onsuccess = asking.onerror = asking.onblocked = () => resolve();
    } catch {
      resolve();
    }
  });
}

function ask(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asking = indexedDB.open(name, VERSION);
    asking.onupgradeneeded = () => {
      for (const table of NAMES) {
        if (asking.result.objectStoreNames.contains(table)) continue;
        const made = asking.result.createObjectStore(table, { keyPath: SHAPES[table].key });
        for (const [index, path] of Object.entries(SHAPES[table].indexes ?? {})) made.createIndex(index, path);
      }
    };
    asking.onsuccess = () => {
      // Another tab wants to delete or upgrade: let go instead of blocking it.
      asking.result.onversionchange = () => asking.result.close();
      resolve(asking.result);
    };
    asking.onerror = () => reject(asking.error ?? new Error("indexedDB"));
    asking.onblocked = () => reject(new Error("indexedDB blocked"));
  });
}

function done<T>(asking: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asking.onsuccess = () => resolve(asking.result);
    asking.onerror = () => reject(asking.error ?? new Error("indexedDB"));
  });
}

class DiskTable implements Table {
  constructor(private readonly store: IDBObjectStore) {}
  get<T>(key: IDBValidKey): Promise<T | undefined> {
    return done(this.store.get(key) as IDBRequest<T | undefined>);
  }
  all<T>(index?: string, value?: IDBValidKey): Promise<T[]> {
    if (index === undefined) return done(this.store.getAll() as IDBRequest<T[]>);
    return done(this.store.index(index).getAll(value) as IDBRequest<T[]>);
  }
  async put(row: object): Promise<void> {
    await done(this.store.put(row));
  }
  async drop(key: IDBValidKey): Promise<void> {
    await done(this.store.delete(key));
  }
  async clear(): Promise<void> {
    await done(this.store.clear());
  }
}

class DiskDatabase implements Database {
  readonly durable = true;
  constructor(private readonly database: IDBDatabase) {}

  async within<T>(names: readonly TableName[], mode: "readonly" | "readwrite", work: (tables: Tables) => Promise<T>): Promise<T> {
    const transaction = this.database.transaction([...names], mode);
    const tables = Object.fromEntries(names.map((name) => [name, new DiskTable(transaction.objectStore(name))])) as unknown as Tables;
    // Only a completed transaction is on the disk; a request alone may still be rolled back.
    const ended = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error("indexedDB aborted"));
    });
    ended.catch(() => undefined);
    try {
      const result = await work(tables);
      await ended;
      return result;
    } catch (reason) {
      try {
        transaction.abort();
      } catch {
        // it had ended by itself
      }
      throw full(reason) || full(transaction.error) ? new NoRoom() : reason;
    }
  }

  close(): void {
    this.database.close();
  }
}

function full(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === "QuotaExceededError";
}

class MemoryTable implements Table {
  constructor(
    private readonly rows: Map<string, object>,
    private readonly shape: Shape,
  ) {}
  get<T>(key: IDBValidKey): Promise<T | undefined> {
    return Promise.resolve(this.rows.get(JSON.stringify(key)) as T | undefined);
  }
  all<T>(index?: string, value?: IDBValidKey): Promise<T[]> {
    const path = index === undefined ? undefined : this.shape.indexes?.[index];
    const found = [...this.rows.values()].filter((row) => path === undefined || (row as Record<string, unknown>)[path] === value);
    return Promise.resolve(found as T[]);
  }
  put(row: object): Promise<void> {
    const values = row as Record<string, unknown>;
    const key = Array.isArray(this.shape.key) ? this.shape.key.map((part) => values[part]) : values[this.shape.key];
    this.rows.set(JSON.stringify(key), row);
    return Promise.resolve();
  }
  drop(key: IDBValidKey): Promise<void> {
    this.rows.delete(JSON.stringify(key));
    return Promise.resolve();
  }
  clear(): Promise<void> {
    this.rows.clear();
    return Promise.resolve();
  }
}

class MemoryDatabase implements Database {
  readonly durable = false;
  private kept = new Map<TableName, Map<string, object>>(NAMES.map((name) => [name, new Map<string, object>()]));
  private queue: Promise<unknown> = Promise.resolve();

  within<T>(names: readonly TableName[], _mode: "readonly" | "readwrite", work: (tables: Tables) => Promise<T>): Promise<T> {
    const turn = this.queue.then(async () => {
      const copies = new Map(names.map((name) => [name, new Map(this.kept.get(name))]));
      const tables = Object.fromEntries(
        names.map((name) => [name, new MemoryTable(copies.get(name) ?? new Map(), SHAPES[name])]),
      ) as unknown as Tables;
      const result = await work(tables);
      for (const [name, rows] of copies) this.kept.set(name, rows);
      return result;
    });
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  close(): void {
    // memory stays until the page goes
  }
}
