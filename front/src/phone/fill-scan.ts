/**
 * Reading bar codes and QR codes with the camera: the browser's own detector where there is one (Android), else a small
 * reader of the pixels (iPhones, pages inside messengers), fetched only then and kept for work without signal.
 *
 *   const text = await scanCode();      // null: closed without one
 */
import { make } from "../make";
import { button } from "./fill-dom";
import { say } from "./fill-words";

/** What stands on a picture or a frame of the camera; null when nothing can be read. */
export type Reader = (source: HTMLVideoElement | ImageBitmap) => Promise<string | null>;

interface Detector {
  detect(source: CanvasImageSource): Promise<{ rawValue: string }[]>;
}
type DetectorMaker = { new (options?: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> };

const FORMATS = ["qr_code", "code_128", "code_39", "code_93", "codabar", "ean_13", "ean_8", "upc_a", "upc_e", "itf", "data_matrix", "pdf417", "aztec"];
const EVERY_MS = 150;

export async function reader(): Promise<Reader> {
  const made = (globalThis as { BarcodeDetector?: DetectorMaker }).BarcodeDetector;
  const formats = (await made?.getSupportedFormats().catch(() => [])) ?? [];
  // A detector that knows no format is one without its service behind it.
  if (made !== undefined && formats.length > 0) {
    const detector = new made({ formats: FORMATS.filter((one) => formats.includes(one)) });
    return async (source) => (await detector.detect(source).catch(() => []))[0]?.rawValue ?? null;
  }
  const { readPixels } = await import("./fill-zxing");
  const canvas = make("canvas");
  return (source) => {
    const [width, height] = source instanceof HTMLVideoElement ? [source.videoWidth, source.videoHeight] : [source.width, source.height];
    if (width === 0 || height === 0) return Promise.resolve(null);
    const scale = Math.min(1, 1000 / Math.max(width, height));
    [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    if (pen === null) return Promise.resolve(null);
    pen.drawImage(source, 0, 0, canvas.width, canvas.height);
    return Promise.resolve(readPixels(pen.getImageData(0, 0, canvas.width, canvas.height)));
  };
}

export function scanCode(): Promise<string | null> {
  return new Promise((resolve) => {
    let stream: MediaStream | null = null;
    let over = false;
    const video = make("video", { class: "fill-camera", playsinline: "", muted: "" });
    video.muted = true;
    const says = make("p", { role: "status" }, say("对准条码或二维码"));
    const end = (text: string | null): void => {
      if (over) return;
      over = true;
      for (const track of stream?.getTracks() ?? []) track.stop();
      sheet.close();
      sheet.remove();
      resolve(text);
    };
    const photo = make("input", { type: "file", accept: "image/*", class: "visually-hidden", tabindex: "-1" });
    photo.addEventListener("change", () => void fromPhoto(photo.files?.[0]));
    const fromPhoto = async (file: File | undefined): Promise<void> => {
      if (file === undefined) return;
      const picture = await createImageBitmap(file).catch(() => null);
      const text = picture === null ? null : await (await reader())(picture);
      if (text === null) says.textContent = say("照片里没有认出条码，请换一张或手工填写。");
      else end(text);
    };
    const light = button(say("打开手电"), () => void toggle());
    light.hidden = true;
    const toggle = async (): Promise<void> => {
      const on = light.dataset["on"] !== "1";
      await stream?.getVideoTracks()[0]?.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] }).catch(() => undefined);
      light.dataset["on"] = on ? "1" : "";
      light.textContent = on ? say("关掉手电") : say("打开手电");
    };
    const tools = make("div", { class: "fill-row" }, light, button(say("从照片识别"), () => photo.click()), button(say("关闭"), () => end(null)), photo);
    const sheet = make("dialog", { class: "fill-sheet fill-scanning", "aria-label": say("扫码") }, video, says, tools);
    sheet.addEventListener("cancel", () => end(null));
    document.body.append(sheet);
    sheet.showModal();
    void watch();

    async function watch(): Promise<void> {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false });
        if (over) return void stream.getTracks().forEach((track) => track.stop());
        video.srcObject = stream;
        await video.play();
        const abilities = stream.getVideoTracks()[0]?.getCapabilities?.() as { torch?: boolean } | undefined;
        light.hidden = abilities?.torch !== true;
        const read = await reader();
        while (!over) {
          const text = await read(video);
          if (text !== null && text !== "") return end(text);
          await new Promise((next) => window.setTimeout(next, EVERY_MS));
        }
      } catch {
        says.textContent = say("不能打开相机：请允许本页使用相机，或手工填写。");
        says.classList.add("fill-fault");
        video.hidden = true;
      }
    }
  });
}
