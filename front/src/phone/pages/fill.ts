/** The filling page and the mending page: the form engine itself is fetched only here. */
import type { Page } from "../ui";

const go = (hash: string): void => {
  if (location.hash === hash) window.dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = hash;
};

export const fill: Page = async (place, [form = "", draft = ""]) => {
  const { fillForm } = await import("../fill");
  return fillForm(place, { form, draft: draft === "" ? undefined : draft, go });
};

export const mend: Page = async (place, [id = ""]) => {
  const { fillReturn } = await import("../fill");
  return fillReturn(place, { id, go });
};
