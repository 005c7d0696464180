/**
 * Looking at an attachment without leaving the page: plain text, and pictures through a canvas.
 *
 * Text is shown as text, never parsed. A picture is decoded to pixels and painted, so that no
 * element of the page ever loads the file; what its first bytes do not prove to be one of four
 * kinds of picture is not decoded at all.
 */

import { pictureSize } from "./pictures.js";

const LONGEST_TEXT = 1 << 20;
const LARGEST_PICTURE = 16 << 20;
// Four bytes each once they are decoded, whatever the file's own size.
const MOST_PIXELS = 40_000_000;
const WIDEST = 1200;
const HIGHEST = 4000;

const PICTURES = /** @type {Record<string, (head: string) => boolean>} */ ({
  "image/png": (head) => head.startsWith("\x89PNG\r\n\x1a\n"),
  "image/jpeg": (head) => head.startsWith("\xff\xd8\xff"),
  "image/gif": (head) => head.startsWith("GIF87a") || head.startsWith("GIF89a"),
  "image/webp": (head) => head.startsWith("RIFF") && head.slice(8, 12) === "WEBP",
});

/**
 * Whether a preview is offered for a file of this type and size.
 *
 * @param {string} type as shownType gives it
 * @param {number} size
 */
export function canPreview(type, size) {
  if (type.startsWith("text/")) {
    return size <= LONGEST_TEXT;
  }
  return Object.hasOwn(PICTURES, type) && size <= LARGEST_PICTURE;
}

/**
 * Whether the first bytes are those of a picture of this type.
 *
 * @param {string} type
 * @param {Uint8Array} bytes
 */
export function isPicture(type, bytes) {
  const head = String.fromCharCode(...bytes.subarray(0, 12));
  return Object.hasOwn(PICTURES, type) && PICTURES[type](head);
}

/**
 * An element that shows the file. Throws when it is not what its type says.
 *
 * @param {Uint8Array[]} parts
 * @param {string} type as shownType gives it, one that canPreview
 * @returns {Promise<HTMLElement>}
 */
export async function previewOf(parts, type) {
  const file = new Blob(parts, { type });
  return type.startsWith("text/") ? textOf(await file.arrayBuffer()) : pictureOf(file, type);
}

/** @param {ArrayBuffer} buffer */
function textOf(buffer) {
  const [first, second] = new Uint8Array(buffer, 0, Math.min(2, buffer.byteLength));
  const wide = first === 0xff && second === 0xfe;
  const text = document.createElement("pre");
  text.className = "opened-text";
  text.textContent = new TextDecoder(wide ? "utf-16le" : "utf-8").decode(buffer);
  return text;
}

/**
 * Whether a picture says of itself that it is small enough to decode.
 *
 * @param {string} type
 * @param {Uint8Array} bytes
 */
export function isDecodable(type, bytes) {
  const size = isPicture(type, bytes) ? pictureSize(type, bytes) : null;
  return size !== null && size.width * size.height <= MOST_PIXELS;
}

/** @param {Blob} file @param {string} type */
async function pictureOf(file, type) {
  if (!isDecodable(type, new Uint8Array(await file.arrayBuffer()))) {
    throw new TypeError("not a picture of its type, or too large a one");
  }
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, WIDEST / picture.width, HIGHEST / picture.height);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return canvas;
}
