/** Only one tab (or the worker) sends at a time: the browser's own locks, else a lease kept in the store. */
import type { Store } from "./store";

const LEASE_MS = 20_000;
const RENEW_MS = 5_000;

/** Run `work` unless another tab is at it; answers whether it ran. A tab that dies lets go by itself. */
export async function onlyHere(store: Store, name: string, work: () => Promise<void>): Promise<boolean> {
  const whole = `guatu-phone-${store.who?.id ?? "nobody"}-${name}`;
  if ("locks" in navigator && navigator.locks !== undefined) {
    return navigator.locks.request(whole, { ifAvailable: true }, async (held) => {
      if (held === null) return false;
      await work();
      return true;
    });
  }
  return byLease(store, whole, work);
}

async function byLease(store: Store, name: string, work: () => Promise<void>): Promise<boolean> {
  const me = `${Date.now()}-${Math.random()}`;
  const key = `lease:${name}`;
  const take = (): Promise<{ by: string; until: number } | undefined> =>
    store.changeMeta<{ by: string; until: number }>(key, (old) =>
      old !== undefined && old.by !== me && old.until > Date.now() && old.until < Date.now() + 2 * LEASE_MS
        ? old
        : { by: me, until: Date.now() + LEASE_MS },
    );
  if ((await take())?.by !== me) return false;
  const renewing = setInterval(() => void take(), RENEW_MS);
  try {
    await work();
    return true;
  } finally {
    clearInterval(renewing);
    await store.changeMeta<{ by: string; until: number }>(key, (old) => (old?.by === me ? { by: me, until: 0 } : undefined));
  }
}
