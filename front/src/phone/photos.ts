/** Photos for acts: at most 1600 on the longer side, upright, without where and with what they were taken. */
import { shrink } from "./fill-photo";
import { newId, type FileKept } from "./store";

const LONGEST = 1600;

/** The chosen pictures, made small, ready to be kept with an outbox item. What is no picture goes as it is (the server
 * says what it does not take). */
export async function photosOf(files: Iterable<File>): Promise<FileKept[]> {
  const made: FileKept[] = [];
  for (const [index, file] of [...files].entries()) {
    const blob = await shrink(file, LONGEST).catch(() => file);
    const name = blob === file ? file.name : `photo-${index + 1}.jpg`;
    made.push({ id: newId(), owner: "", name, type: blob.type, blob, size: blob.size, madeAt: Date.now() });
  }
  return made;
}
