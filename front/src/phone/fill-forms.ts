/**
 * Versions of forms in the phone. The present version of a form stands under `campaign/code`. While a draft was begun
 * with an older one, that version stays under `campaign/code@version`, text and media, so that the draft can be
 * finished as it was begun (the server takes it as long as the form is open).
 */
import type { Draft, FormKept, Store } from "./store";

/** Where an older version stands. */
export function oldKey(key: string, version: string): string {
  return `${key}@${version}`;
}

/** Keep what the server published. The version it replaces stays as long as a draft needs it. */
export async function keepForm(store: Store, form: FormKept): Promise<void> {
  const before = await store.form(form.key);
  if (before !== undefined && before.version !== form.version && (await needs(store, before))) {
    await store.putForm({ ...before, key: oldKey(before.key, before.version) });
  }
  await store.putForm(form);
  await letGo(store);
}

/** The form is no longer offered (closed, taken away): it leaves the list, but not the drafts that were begun with it. */
export async function withdrawForm(store: Store, key: string): Promise<void> {
  const before = await store.form(key);
  if (before !== undefined && (await needs(store, before))) {
    await store.putForm({ ...before, key: oldKey(before.key, before.version) });
  }
  await store.dropForm(key);
}

/** Forget old versions that no draft (and nothing in the outbox that may come back) needs any more. */
export async function letGo(store: Store): Promise<void> {
  for (const form of await store.forms()) {
    if (form.key.includes("@") && !(await needs(store, form))) await store.dropForm(form.key);
  }
}

/** What may be filled now: present versions only. */
export async function offered(store: Store): Promise<FormKept[]> {
  return (await store.forms()).filter((form) => !form.key.includes("@"));
}

/** The form by its code, or by `campaign/code` where two campaigns use the same code. */
export async function formByCode(store: Store, code: string): Promise<FormKept | undefined> {
  const forms = await offered(store);
  return forms.find((form) => form.key === code) ?? forms.find((form) => form.code === code);
}

/** The version a draft was begun with; where it is gone (an old phone), the present one. */
export async function formOf(store: Store, draft: Draft): Promise<FormKept | undefined> {
  const key = `${draft.campaign}/${draft.form}`;
  const now = await store.form(key);
  if (now !== undefined && (draft.version === "" || now.version === draft.version)) return now;
  return (await store.form(oldKey(key, draft.version))) ?? now;
}

async function needs(store: Store, form: FormKept): Promise<boolean> {
  const of = (one: { campaign: string; form: string; version: string } | undefined): boolean =>
    one !== undefined && one.campaign === form.campaign && one.form === form.code && one.version === form.version;
  if ((await store.drafts()).some(of)) return true;
  return (await store.outbox()).some((item) => item.state !== "sent" && of(item.draft));
}
