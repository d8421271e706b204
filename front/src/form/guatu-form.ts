import "./guatu-form.css";
import { createApp, h, type App } from "vue";
import { OdkWebForm, POST_SUBMIT__NEW_INSTANCE, webFormsPlugin, type MonolithicPayload, type SubmitCallback } from "@getodk/web-forms";
import { make } from "../make";
import { clockTime, inEnglish, word } from "../words";
import { PRIME_CHINESE, PRIME_CHINESE_SPOKEN } from "./calendar-words";
import { dropDraft, formOf, partsOf, readDraft, writeDraft, type Draft, type Part } from "./drafts";
import { listen, setClock, unlisten, type FormRoot, type FormState } from "./hooks";
import { inPageLanguage } from "./language";
import { nameControls } from "./names";

/**
 * <guatu-form> fills in an XForm in the browser and sends it as OpenRosa.
 *
 *   <guatu-form form="/intake/forms/clean-day.xml" media="/intake/forms/clean-day/media/" submit="/intake/submission"
 *               draft="clean-day:0192…" after="/street/">
 *     <p>没有脚本时，请用 <a href="…">表格下载</a> 填写后导入。</p>
 *   </guatu-form>
 *
 * form    address of the XForm XML                      media  base of its attachments (optional)
 * submit  address that takes the OpenRosa multipart     draft  key under which the draft is kept (form and person)
 * after   where to go on when sent (optional: offers to fill in another)
 * now     the office's clock, when the store stands on another day than the phone (drill, demo)
 * tiles / tiles-by   raster tiles for the maps of questions (optional; never an outside host by itself)
 *
 * What is typed is kept in IndexedDB a moment later and given back when the page is opened again, until the server has
 * answered 201 or 202. A refusal shows the server's own sentence and keeps everything. Bytes that were once put on
 * the wire are repeated as they are, so that a lost answer never makes a second submission.
 *
 * Tells `guatu-form:sent` (detail: the server's sentence). The page's content policy must allow, beside the usual:
 * script-src 'wasm-unsafe-eval'; style-src 'unsafe-inline'; connect-src data:; font-src data:; worker-src blob:.
 */
const KEEP_AFTER_MS = 600;

export class GuatuForm extends HTMLElement {
  private app: App | null = null;
  private root: FormRoot | null = null;
  private place: HTMLElement | null = null;
  private says: HTMLElement | null = null;
  private kept: HTMLElement | null = null;
  private timer = 0;
  private draft: Draft | undefined;
  private sending = false;
  private forget: () => void = () => undefined;

  connectedCallback(): void {
    if (this.place !== null) return;
    this.says = make("div", { class: "form-says", role: "status", "aria-live": "polite" });
    this.kept = make("p", { class: "form-kept" });
    this.place = make("div", { class: "form-place" });
    this.replaceChildren(this.says, this.place, this.kept);
    this.forget = nameControls(this.place);
    setClock(this.getAttribute("now") ?? "");
    const tiles = this.getAttribute("tiles");
    globalThis.guatuTiles =
      tiles === null ? undefined : { url: tiles, attributions: [this.getAttribute("tiles-by") ?? ""].filter((by) => by !== "") };
    void this.begin();
  }

  disconnectedCallback(): void {
    window.clearTimeout(this.timer);
    this.forget();
    this.close();
  }

  private get key(): string {
    return this.getAttribute("draft") ?? this.getAttribute("form") ?? location.pathname;
  }

  private async begin(): Promise<void> {
    this.tell(word("正在打开表单…"));
    let xml: string;
    try {
      const reply = await fetch(this.getAttribute("form") ?? "", { headers: spoken() });
      if (!reply.ok) throw new Error(await sentenceOf(reply));
      xml = inPageLanguage(await reply.text());
    } catch (reason) {
      this.tell(word("表单没有取到：{reason} 请检查网络后重新打开。", { reason: said(reason) }), "bad");
      return;
    }
    try {
      this.draft = await readDraft(this.key);
    } catch {
      this.draft = undefined;
      if (this.kept !== null) this.kept.textContent = word("这个浏览器不能暂存内容，请在提交前不要关闭页面。");
    }
    this.tell("");
    this.mount(xml, this.draft);
    if (this.draft !== undefined) this.offerAfresh(xml, this.draft);
  }

  private mount(xml: string, draft: Draft | undefined): void {
    if (this.place === null) return;
    this.close();
    const form = h(OdkWebForm, {
      formXml: xml,
      fetchFormAttachment: (resource: URL) => this.fetchMedia(resource),
      trackDevice: true,
      ...(draft === undefined ? {} : { editInstance: restoring(draft) }),
      onSubmit: (payload: MonolithicPayload, callback: SubmitCallback) => void this.send(payload, callback),
    });
    this.app = createApp({ render: () => form });
    this.app.use(webFormsPlugin);
    if (!inEnglish()) sayChinese(this.app);
    listen(this.app, (state: FormState) => this.onState(state, xml, draft));
    const ground = make("div");
    this.place.replaceChildren(ground);
    this.app.mount(ground);
    this.place.addEventListener("input", this.onTyped);
    this.place.addEventListener("change", this.onTyped);
    this.place.addEventListener("click", this.onTyped);
  }

  private close(): void {
    if (this.app !== null) {
      unlisten(this.app);
      this.app.unmount();
    }
    this.app = null;
    this.root = null;
  }

  private onState(state: FormState, xml: string, draft: Draft | undefined): void {
    this.root = state.root;
    this.toggleAttribute("ready", state.status === "FORM_STATE_SUCCESS");
    // A draft of an older version of the form may not fit any more: the form must open all the same.
    if (state.status === "FORM_STATE_FAILURE" && draft !== undefined) queueMicrotask(() => this.mount(xml, undefined));
  }

  private fetchMedia(resource: URL): Promise<Response> {
    const base = this.getAttribute("media");
    const name = resource.pathname.split("/").pop() ?? "";
    return base === null ? Promise.resolve(new Response(null, { status: 404 })) : fetch(base + name);
  }

  private onTyped = (): void => {
    if (this.sending) return;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.keep(), KEEP_AFTER_MS);
  };

  private async keep(): Promise<void> {
    if (this.root === null || this.sending) return;
    try {
      const payload = await this.root.prepareInstancePayload({ payloadType: "monolithic" });
      const parts = partsOf(payload.data[0]);
      if (this.draft !== undefined && (await same(this.draft.parts, parts))) return;
      this.draft = { key: this.key, savedAt: Date.now(), parts, sent: false };
      await writeDraft(this.draft);
      if (this.kept !== null) this.kept.textContent = word("已保存在本机 {time}", { time: clockTime(new Date()) });
    } catch {
      if (this.kept !== null) this.kept.textContent = word("这个浏览器不能暂存内容，请在提交前不要关闭页面。");
    }
  }

  private async send(payload: MonolithicPayload, callback: SubmitCallback): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    window.clearTimeout(this.timer);
    this.tell(word("正在提交…"));
    const fresh = partsOf(payload.data[0]);
    const repeat = this.draft?.sent === true && (await same(this.draft.parts, fresh));
    const parts = repeat && this.draft !== undefined ? this.draft.parts : fresh;
    this.draft = { key: this.key, savedAt: Date.now(), parts, sent: true };
    await writeDraft(this.draft).catch(() => undefined);
    try {
      const reply = await fetch(this.getAttribute("submit") ?? "", {
        method: "POST",
        headers: { ...spoken(), ...csrf() },
        body: formOf(parts),
        credentials: "same-origin",
      });
      const sentence = await sentenceOf(reply);
      // OpenRosa: only 201 and 202 mean that it is kept. 200 may be a hotel's sign-in page.
      if (reply.status === 201 || reply.status === 202) await this.sent(sentence, callback);
      else this.tell(word("没有提交成功：{reason} 您填写的内容都还在。", { reason: sentence || word("服务器没有说明原因（{status}）。", { status: reply.status }) }), "bad");
    } catch {
      this.tell(word("没有信号，内容已保存在本机，稍后再按“提交”即可，不会重复。"), "warn");
    } finally {
      this.sending = false;
    }
  }

  private async sent(sentence: string, callback: SubmitCallback): Promise<void> {
    await dropDraft(this.key).catch(() => undefined);
    this.draft = undefined;
    const after = this.getAttribute("after");
    this.dispatchEvent(new CustomEvent("guatu-form:sent", { bubbles: true, detail: sentence }));
    if (after !== null && after !== "") {
      window.location.assign(after);
      return;
    }
    callback({ next: POST_SUBMIT__NEW_INSTANCE });
    if (this.kept !== null) this.kept.textContent = "";
    this.tell(sentence || word("已收到，谢谢。"), "good");
    this.says?.scrollIntoView({ block: "start" });
  }

  private offerAfresh(xml: string, draft: Draft): void {
    const again = make("button", { type: "button", class: "button" }, word("重新填写"));
    again.addEventListener("click", () => {
      void dropDraft(this.key).catch(() => undefined);
      this.draft = undefined;
      this.tell("");
      this.mount(xml, undefined);
    });
    const at = new Date(draft.savedAt);
    const time = `${at.toLocaleDateString(inEnglish() ? "en-GB" : "zh-CN")} ${clockTime(at)}`;
    this.tell(word("已取回上次没有提交的内容（{time}）。", { time }));
    this.says?.append(" ", again);
  }

  private tell(sentence: string, tone: "" | "good" | "warn" | "bad" = ""): void {
    if (this.says === null) return;
    this.says.className = `form-says note ${tone}`.trim();
    this.says.hidden = sentence === "";
    this.says.replaceChildren(sentence);
    if (tone === "bad" || tone === "warn") this.says.scrollIntoView({ block: "nearest" });
  }
}

function restoring(draft: Draft) {
  return {
    resolveInstance: () => Promise.reject(new Error("a draft is restored, not edited")),
    attachmentFileNames: [],
    resolveAttachment: () => Promise.reject(new Error("a draft is restored, not edited")),
    draft: formOf(draft.parts),
  };
}

/** The same answers? Times the engine writes by itself (`end`) do not make another submission. */
async function same(one: readonly Part[], other: readonly Part[]): Promise<boolean> {
  if (one.length !== other.length) return false;
  for (const [i, part] of one.entries()) {
    const twin = other[i];
    if (twin === undefined || twin.name !== part.name) return false;
    if (part.name === "xml_submission_file") {
      if (withoutClock(await part.content.text()) !== withoutClock(await twin.content.text())) return false;
    } else if (part.content.size !== twin.content.size) {
      return false;
    }
  }
  return true;
}

function withoutClock(xml: string): string {
  return xml.replace(/<(end|today)>[^<]*<\/\1>/g, "");
}

/** The server's own sentence, whichever of the three shapes it speaks: OpenRosa, JSON or a page. */
async function sentenceOf(reply: Response): Promise<string> {
  const type = reply.headers.get("Content-Type") ?? "";
  const text = await reply.text().catch(() => "");
  if (type.includes("xml")) {
    return new DOMParser().parseFromString(text, "text/xml").getElementsByTagNameNS("*", "message")[0]?.textContent?.trim() ?? "";
  }
  if (type.includes("json")) {
    try {
      const told = JSON.parse(text) as Record<string, unknown>;
      const sentence = told["message"] ?? told["sentence"] ?? told["detail"] ?? told["title"];
      return typeof sentence === "string" ? sentence : "";
    } catch {
      return "";
    }
  }
  return "";
}

/** The intake door answers in the language of the page, not in that of the phone. */
function spoken(): Record<string, string> {
  return { "X-OpenRosa-Version": "1.0", "Accept-Language": document.documentElement.lang || "zh-Hans" };
}

function csrf(): Record<string, string> {
  const token =
    document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ??
    document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ??
    /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  return token === undefined ? {} : { "X-CSRFToken": token };
}

function said(reason: unknown): string {
  return reason instanceof Error && !(reason instanceof TypeError) ? reason.message : "";
}

/** The component kit under the form has a table of words of its own (calendar, lists). */
function sayChinese(app: App): void {
  const prime = app.config.globalProperties["$primevue"] as
    | { config?: { locale?: { aria?: Record<string, unknown> } & Record<string, unknown> } }
    | undefined;
  const locale = prime?.config?.locale;
  if (locale === undefined) return;
  Object.assign(locale, PRIME_CHINESE);
  Object.assign((locale.aria ??= {}), PRIME_CHINESE_SPOKEN);
}
