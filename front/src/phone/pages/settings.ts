/** Language, type, what the phone holds, its clock, the version, signing out. */
import { ask, NoSignal, type Clock } from "../net";
import { chooseLanguage, chooseType } from "../preferences";
import { wipe, type Store } from "../store";
import { inEnglish } from "../../words";
import { button, facts, link, make, sheet, toast, type Page } from "../ui";
import { say, sizeText, spanText } from "../words";
import { work } from "../work";

export const settings: Page = async (place, _parameters, store) => {
  const again = (): void => location.reload();
  const language = make("select", { "aria-label": say("语言") });
  for (const [value, word] of [["zh-hans", "中文"], ["en", "English"]] as const) {
    const option = make("option", { value }, word);
    option.selected = (value === "en") === inEnglish();
    language.append(option);
  }
  language.addEventListener("change", () => {
    chooseLanguage(language.value === "en" ? "en" : "zh-hans", store.who);
    // Rows hold words in one language: they are fetched again in the other.
    void work(true).finally(again);
  });
  const large = make("input", { type: "checkbox" });
  large.checked = document.documentElement.dataset["type"] === "large";
  large.addEventListener("change", () => chooseType(large.checked, store.who));
  place.append(
    facts([
      [say("账号"), store.who === undefined ? "" : `${store.who.name} · ${store.who.unit}`],
      [say("语言"), language],
      [say("大字"), make("label", { class: "check" }, large, " ", say("开"))],
      [say("手机存储"), await storage()],
      [say("手机时钟"), await clock(store)],
      [say("离线可用"), navigator.serviceWorker?.controller ? say("是") : say("否")],
      [say("版本"), document.querySelector<HTMLMetaElement>('meta[name="guatu-version"]')?.content ?? ""],
    ]),
    make("div", { class: "stack" },
      button(say("立即同步"), () => work(true), "button wide"),
      button(say("清理已发送的照片"), async () => toast(say("已清出 {size}。请再试一次。", { size: sizeText(await store.freeSent()) })), "button wide"),
      store.who === undefined ? link("/accounts/login/?next=/m/", say("登录")) : button(say("退出登录"), () => signOut(store), "button danger wide"),
      make("p", {}, link("/", say("电脑页面")))),
  );
};

async function storage(): Promise<string> {
  const told = await navigator.storage?.estimate?.().catch(() => undefined);
  if (told?.usage === undefined || told.quota === undefined) return say("不知道");
  const safe = await navigator.storage.persisted?.().catch(() => false);
  return `${say("已用 {used}，可用 {free}", { used: sizeText(told.usage), free: sizeText(told.quota - told.usage) })}。${safe === true ? say("浏览器承诺不自动清除。") : say("浏览器可能在空间不足时清除内容。")}`;
}

async function clock(store: Store): Promise<string> {
  const seconds = ((await store.meta<Clock>("clock"))?.offset ?? 0) / 1000;
  if (Math.abs(seconds) < 60) return say("与服务器一致");
  return seconds > 0 ? say("比服务器慢 {amount}", { amount: spanText(seconds) }) : say("比服务器快 {amount}", { amount: spanText(seconds) });
}

async function signOut(store: Store): Promise<void> {
  const unsent = (await store.outbox()).filter((item) => item.state !== "sent").length;
  const drafts = (await store.drafts()).length;
  const sure = await sheet<boolean>(say("退出登录"), (body, done) => {
    body.append(
      make("p", {}, unsent + drafts > 0 ? say("还有 {count} 条没有发送，{drafts} 份草稿。退出会从这部手机上清除它们，不能找回。", { count: unsent, drafts }) : say("退出后，这部手机上您的清单、表单和回执都会清除。")),
      button(say("先不退出"), () => done(false), "button strong wide"),
      button(unsent + drafts > 0 ? say("清除并退出") : say("退出登录"), () => done(true), "button danger wide"),
    );
  });
  if (sure !== true) return;
  try {
    await ask(store, "/accounts/logout/", { method: "POST" }).catch((reason: unknown) => {
      // The answer is a redirect, which `ask` takes for a hotel's page; only a line that is down keeps one from leaving.
      if (!(reason instanceof NoSignal) || !navigator.onLine) throw reason;
    });
  } catch {
    toast(say("没有信号，暂时不能退出：请先连上网络。"), { tone: "bad" });
    return;
  }
  await wipe();
  location.replace("/m/");
}
