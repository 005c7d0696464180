/**
 * A file that came with a message: fetched slice by slice, opened, checked whole, then saved.
 *
 * Nothing is given out before every slice has been checked against the signed message, and what
 * is saved are the bytes that the submitter chose, as a plain download that no page renders.
 */

import { openSealed } from "../../../crypto/browser/src/age.js";
import { MalformedPadding } from "../../../crypto/browser/src/errors.js";
import {
  digestOfDigests,
  sliceDigest,
  slicePlan,
  trimSlice,
} from "../../../crypto/browser/src/padding.js";
import { savedName } from "./names.js";

/**
 * @typedef {object} Attachment as the signed message names it
 * @property {string} name
 * @property {string} type
 * @property {number} size
 * @property {number} first
 * @property {number} count
 * @property {string} sha256
 */

/**
 * The original bytes of an attachment, as parts in order.
 *
 * Throws one of the errors of the formats when a slice is missing, moved, changed or padded in
 * another way, so that a file is either exactly the submitter's or not there at all.
 *
 * @param {Attachment} attachment
 * @param {Uint8Array} seed of the generation that the message is sealed to
 * @param {(index: number) => Promise<Uint8Array>} fetchSlice the sealed slice of that index
 * @param {(part: number, all: number) => void} [progress]
 * @returns {Promise<Uint8Array[]>}
 */
export async function openAttachment(attachment, seed, fetchSlice, progress = () => {}) {
  const plan = slicePlan(attachment.size);
  if (plan.length !== attachment.count) {
    throw new MalformedPadding("another number of slices than a file of this length has");
  }
  const parts = [];
  const digests = [];
  for (let index = 0; index < plan.length; index += 1) {
    progress(index + 1, plan.length);
    const slice = await openSealed(await fetchSlice(attachment.first + index), seed);
    digests.push(await sliceDigest(slice));
    parts.push(trimSlice(slice, index, plan, attachment.size));
  }
  if (digestOfDigests(digests) !== attachment.sha256) {
    throw new MalformedPadding("these are not the slices that the message names");
  }
  return parts;
}

/** @type {Set<string>} */
const handedOut = new Set();

/**
 * Hand bytes to the browser's own download, under a name that stays in the chosen folder.
 *
 * The type is octet-stream whatever the submitter's file says of itself, so that nothing opens
 * it as a page of this origin.
 *
 * @param {Uint8Array[]} parts
 * @param {string} name
 */
export function save(parts, name) {
  const address = URL.createObjectURL(new Blob(parts, { type: "application/octet-stream" }));
  handedOut.add(address);
  const link = document.createElement("a");
  link.href = address;
  link.download = savedName(name);
  link.click();
  // The download reads the address soon after this task, and then it is of no more use.
  setTimeout(() => takeBack(address), 30_000);
}

/** Make every address of opened bytes worthless, as a lock must. */
export function takeBackAll() {
  handedOut.forEach(takeBack);
}

/** @param {string} address */
function takeBack(address) {
  URL.revokeObjectURL(address);
  handedOut.delete(address);
}
