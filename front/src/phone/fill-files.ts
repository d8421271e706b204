/** Questions answered with a file: a photo, a signature or drawing, a recording, a film, any file. */
import type { UploadNode } from "@getodk/xforms-engine";
import { h, onBeforeUnmount, ref, shallowRef, watch, type VNodeChild } from "vue";
import { draw, type Drawing } from "./fill-canvas";
import { button, has, idsOf, part, spokenOf, type AnyNode } from "./fill-parts";
import { shrink } from "./fill-photo";
import type { Session } from "./fill-session";
import { say } from "./fill-words";

type Upload = UploadNode & AnyNode;

type Kind = "image" | "audio" | "video" | "file" | Drawing;

function kindOf(node: Upload): Kind {
  for (const kind of ["signature", "draw", "annotate"] as const) if (has(node, kind)) return kind;
  const type = node.nodeOptions.media.type;
  return type === "image" || type === "audio" || type === "video" ? type : "file";
}

export const FileQuestion = part<Upload>("FileQuestion", (node, session) => {
  const kind = kindOf(node);
  const working = ref(false);
  const wrong = ref(false);
  const keep = async (work: () => Promise<File | null>): Promise<void> => {
    [working.value, wrong.value] = [true, false];
    try {
      const file = await work();
      if (file !== null) session.set(node, () => node.setValue(file));
    } catch {
      wrong.value = true;
    } finally {
      working.value = false;
    }
  };
  const frame = (under: Blob | null): void =>
    void keep(async () => {
      const drawn = await draw(kind as Drawing, under);
      return drawn === null ? null : session.keepFile(drawn, "png", "image/png");
    });
  const take = (file: File): void =>
    void keep(async () => {
      if (kind === "annotate") {
        const drawn = await draw(kind, await shrink(file, node.maxPixels));
        return drawn === null ? null : session.keepFile(drawn, "jpg", "image/jpeg");
      }
      if (kind !== "image") return session.keepFile(file, extensionOf(file), file.type);
      const small = await shrink(file, node.maxPixels);
      return session.keepFile(small, extensionOf(small, file.name), small.type);
    });
  const preview = previewOf(node);
  const recorder = kind === "audio" ? recording(node, session) : null;
  return () => {
    const off = node.currentState.readonly || working.value;
    const full = node.currentState.value !== null || existing(node) !== "";
    const controls: VNodeChild[] =
      kind === "signature" || kind === "draw"
        ? [button(kind === "draw" ? say("画图") : full ? say("重新签名") : say("签名"), () => frame(null), { disabled: off })]
        : [...(recorder?.(off) ?? []), ...pickers(node, kind, take, full, off)];
    return h("div", { id: idsOf(node).control, role: "group", ...spokenOf(node, session) }, [
      preview(),
      working.value ? h("p", { role: "status" }, say("正在处理照片…")) : null,
      wrong.value ? h("p", { class: "fill-fault", role: "alert" }, say("这个文件不能读取，请换一个。")) : null,
      node.currentState.readonly ? null : h("div", { class: "fill-row" }, [...controls, full && !off ? button(say("移除"), () => session.set(node, () => node.setValue(null)), { class: "quiet" }) : null]),
    ]);
  };
});

/** The name of a file that is known but not here (a returned record whose photos stayed at the server). */
const existing = (node: Upload): string => (node.currentState.value === null ? node.currentState.instanceValue : "");

function pickers(node: Upload, kind: Kind, take: (file: File) => void, full: boolean, off: boolean): VNodeChild[] {
  const front = has(node, "new-front") || has(node, "front") ? "user" : "environment";
  if (kind === "image" || kind === "annotate") {
    const camera = pick(full ? say("重拍") : say("拍照"), "image/*", front, take, off);
    return has(node, "new") || has(node, "new-front") ? [camera] : [camera, pick(say("从相册选"), "image/*", "", take, off)];
  }
  if (kind === "audio") return [pick(say("选录音文件"), "audio/*", "", take, off)];
  if (kind === "video") {
    const camera = pick(say("录像"), "video/*", front, take, off);
    return has(node, "new") || has(node, "new-front") ? [camera] : [camera, pick(say("选视频"), "video/*", "", take, off)];
  }
  const accept = node.nodeOptions.media.accept;
  return [pick(say("选文件"), accept === "*" ? "" : accept, "", take, off)];
}

function pick(text: string, accept: string, capture: string, take: (file: File) => void, off: boolean): VNodeChild {
  const chosen = (event: Event): void => {
    const field = event.target as HTMLInputElement;
    const file = field.files?.[0];
    field.value = "";
    if (file !== undefined) take(file);
  };
  return h("label", { class: ["button", off ? "off" : ""] }, [
    text,
    h("input", { type: "file", class: "visually-hidden", ...(accept === "" ? {} : { accept }), ...(capture === "" ? {} : { capture }), disabled: off, onChange: chosen }),
  ]);
}

/** The extension a file is sent under: by what it is, else by its name. */
export function extensionOf(file: Blob, name = (file as File).name ?? ""): string {
  const known: Readonly<Record<string, string>> = {
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "audio/webm": "webm", "audio/mp4": "m4a", "audio/mpeg": "mp3",
    "audio/ogg": "ogg", "audio/wav": "wav", "video/mp4": "mp4", "video/webm": "webm", "application/pdf": "pdf",
  };
  const own = /\.([A-Za-z0-9]{1,8})$/.exec(name)?.[1];
  return known[file.type.split(";")[0] ?? ""] ?? own ?? "bin";
}

function previewOf(node: Upload): () => VNodeChild {
  const address = shallowRef("");
  const let_go = (): void => {
    if (address.value !== "") URL.revokeObjectURL(address.value);
    address.value = "";
  };
  watch(
    () => node.currentState.value,
    (file) => {
      let_go();
      if (file !== null) address.value = URL.createObjectURL(file);
    },
    { immediate: true },
  );
  onBeforeUnmount(let_go);
  return () => {
    const file = node.currentState.value;
    const state = node.currentState.attachmentState;
    if (file === null) {
      if (state.loading) return h("p", { role: "status" }, say("正在取来…"));
      return existing(node) === "" ? null : h("p", { class: "fill-value" }, say("文件已在服务器上：{name}", { name: existing(node) }));
    }
    if (file.type.startsWith("image/")) return h("img", { class: "fill-photo", src: address.value, alt: say("照片") });
    if (file.type.startsWith("audio/")) return h("audio", { class: "fill-sound", src: address.value, controls: true });
    if (file.type.startsWith("video/")) return h("video", { class: "fill-film", src: address.value, controls: true, playsinline: true });
    return h("p", { class: "fill-value" }, `${file.name} · ${Math.ceil(file.size / 1024)} KB`);
  };
}

/** A voice note: recorded here, kept when it is stopped (also when the page is left while it runs). */
function recording(node: Upload, session: Session): (off: boolean) => VNodeChild[] {
  const since = ref(0);
  const now = ref(0);
  const refused = ref(false);
  let machine: MediaRecorder | null = null;
  let clock = 0;
  const stop = (): void => {
    window.clearInterval(clock);
    since.value = 0;
    if (machine?.state === "recording") machine.stop();
  };
  const start = async (): Promise<void> => {
    refused.value = false;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const type = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg"].find((one) => MediaRecorder.isTypeSupported(one));
      machine = new MediaRecorder(stream, { ...(type === undefined ? {} : { mimeType: type }), audioBitsPerSecond: 32_000 });
      const pieces: Blob[] = [];
      machine.addEventListener("dataavailable", (event) => pieces.push(event.data));
      machine.addEventListener("stop", () => {
        for (const track of stream.getTracks()) track.stop();
        const whole = new Blob(pieces, { type: (machine?.mimeType ?? "audio/webm").split(";")[0] ?? "" });
        void session.keepFile(whole, extensionOf(whole, ""), whole.type).then((file) => session.set(node, () => node.setValue(file)));
      });
      machine.start();
      [since.value, now.value] = [Date.now(), Date.now()];
      clock = window.setInterval(() => (now.value = Date.now()), 500);
    } catch {
      refused.value = true;
    }
  };
  onBeforeUnmount(stop);
  return (off) => {
    if (since.value === 0) {
      return [
        button(say("录音"), start, { disabled: off }),
        refused.value ? h("p", { class: "fill-fault", role: "alert" }, say("不能录音：请允许本页使用麦克风，或选一个录音文件。")) : null,
      ];
    }
    const seconds = Math.floor((now.value - since.value) / 1000);
    const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    return [h("span", { role: "status" }, say("正在录音 {time}", { time })), button(say("停止录音"), stop, { class: "strong" })];
  };
}
