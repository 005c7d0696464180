/**
 * Documents of the charter as bytes: read, sealed and sent slice by slice, and opened again.
 *
 * Of a file that goes out one slice is in memory at a time. What comes back is given out only when
 * all of it has the hash that the record names, whoever sent it.
 */

import { openSealed, seal } from "../../../crypto/browser/src/age.js";
import { PayloadTampered } from "../../../crypto/browser/src/errors.js";
import { FileHash } from "../../../crypto/browser/src/filehash.js";
import { SLICE } from "../../../crypto/browser/src/padding.js";

/** The roles that hold the key of a paper for the members; counsel does not. */
const COMMITTEE = ["chair", "member", "alternate"];
export const LARGEST = 100 * SLICE;

/**
 * The recipients of a document that is kept in this way; none for one that is not sealed.
 *
 * @param {{secretariat: string, readers: readonly {role: string, recipient: string}[]}} roster
 * @param {string} kept
 * @returns {string[]}
 */
export function recipientsOf(roster, kept) {
  if (kept === "PLAIN") {
    return [];
  }
  return kept === "SECRETARIAT"
    ? [roster.secretariat]
    : roster.readers.filter((each) => COMMITTEE.includes(each.role)).map((each) => each.recipient);
}

/** @param {number} size of the file in bytes @returns {number} */
export function slicesOf(size) {
  return Math.ceil(size / SLICE);
}

/**
 * Send a file's slices in order and return the hash of the file. Throws what reading the file and
 * sending throw, and whatever the signal says after it.
 *
 * @param {Blob} file
 * @param {string[]} recipients none for a file that goes as it is
 * @param {(index: number, content: Uint8Array) => Promise<void>} send
 * @param {(part: number, all: number) => void} progress
 * @returns {Promise<string>}
 */
export async function sendSlices(file, recipients, send, progress) {
  const hash = new FileHash();
  const count = slicesOf(file.size);
  for (let index = 0; index < count; index += 1) {
    progress(index + 1, count);
    const part = new Uint8Array(
      await file.slice(index * SLICE, (index + 1) * SLICE).arrayBuffer(),
    );
    hash.take(part);
    await send(index, recipients.length === 0 ? part : await seal(part, recipients));
  }
  return hash.hex();
}

/**
 * The parts of a sealed document, if they are the file of this hash. Throws one of the errors of
 * the formats otherwise, also when every slice opens but one was moved, left out or put in.
 *
 * @param {{slices: number, sha256: string}} paper
 * @param {Uint8Array} seed of the identity that opens it
 * @param {(index: number) => Promise<Uint8Array>} fetchSlice
 * @param {(part: number, all: number) => void} progress
 * @returns {Promise<Uint8Array[]>}
 */
export async function openPaper(paper, seed, fetchSlice, progress) {
  const hash = new FileHash();
  const parts = [];
  for (let index = 0; index < paper.slices; index += 1) {
    progress(index + 1, paper.slices);
    const part = await openSealed(await fetchSlice(index), seed);
    hash.take(part);
    parts.push(part);
  }
  if (hash.hex() !== paper.sha256) {
    throw new PayloadTampered("not the file of this hash");
  }
  return parts;
}
