/** Codes out of pixels where the browser has no detector: QR and the common bar codes, nothing else of the library. */
import BinaryBitmap from "@zxing/library/esm/core/BinaryBitmap.js";
import DecodeHintType from "@zxing/library/esm/core/DecodeHintType.js";
import RGBLuminanceSource from "@zxing/library/esm/core/RGBLuminanceSource.js";
import HybridBinarizer from "@zxing/library/esm/core/common/HybridBinarizer.js";
import MultiFormatOneDReader from "@zxing/library/esm/core/oned/MultiFormatOneDReader.js";
import QRCodeReader from "@zxing/library/esm/core/qrcode/QRCodeReader.js";

const hints = new Map<DecodeHintType, unknown>([[DecodeHintType.TRY_HARDER, true]]);
const readers = [new QRCodeReader(), new MultiFormatOneDReader(hints)];

export function readPixels(picture: ImageData): string | null {
  const { width, height, data } = picture;
  const grey = new Uint8ClampedArray(width * height);
  for (let i = 0; i < grey.length; i += 1) {
    grey[i] = ((data[4 * i] ?? 0) * 2 + (data[4 * i + 1] ?? 0) * 5 + (data[4 * i + 2] ?? 0)) >> 3;
  }
  const bitmap = new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(grey, width, height)));
  for (const reader of readers) {
    try {
      return reader.decode(bitmap, hints).getText();
    } catch {
      // nothing it knows in this picture
    }
  }
  return null;
}
