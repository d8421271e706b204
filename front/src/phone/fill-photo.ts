/** Photos as they are sent: small enough for a weak signal, large enough to read a notice on a door. */

const LONGEST = 1920;
const QUALITY = 0.82;

/** The photo with its longer side at most `pixels` (what the form says, else 1920), upright. Throws when it is none. */
export async function shrink(photo: Blob, pixels: number | null): Promise<Blob> {
  const picture = await createImageBitmap(photo, { imageOrientation: "from-image" });
  try {
    const longest = pixels !== null && pixels > 0 ? pixels : LONGEST;
    const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale))];
    const pen = canvas.getContext("2d");
    if (pen === null) return photo;
    pen.fillStyle = "#ffffff"; // JPEG knows nothing transparent
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const made = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    return made ?? photo;
  } finally {
    picture.close();
  }
}
