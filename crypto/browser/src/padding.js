/**
 * Sizes that say little: every plaintext is brought to one of a few sizes before it is sealed.
 *
 * A small document is length-prefixed and filled with zeros to a step. A file is marked at its
 * end, filled with zeros and cut into slices whose number is rounded up. Each content has exactly
 * one padded form, and every other form is refused, so that nothing can be hidden in the filling
 * and a longer size cannot mark one sender among others.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { join, toHex } from "./bytes.js";
import { MalformedPadding, TooLong } from "./errors.js";

export const MESSAGE_STEPS = [4096, 16384, 65536];
export const ROUTING_SIZE = 512;
const LENGTH_SIZE = 4;
export const MESSAGE_LIMIT = MESSAGE_STEPS.at(-1) - LENGTH_SIZE;

export const SLICE = 1 << 20;
const SMALL_SLICES = [1 << 16, 1 << 18];
const END_MARK = 0x80;
const LAST_POWER_OF_TWO = 64;

/**
 * Content with its length before it and zeros after it, as long as the first step it fits.
 *
 * Raises TooLong above MESSAGE_LIMIT bytes.
 */
export function padMessage(content) {
  return pad(content, MESSAGE_STEPS);
}

/** The content that padMessage was given. Raises MalformedPadding for any other form. */
export function unpadMessage(padded) {
  return unpad(padded, MESSAGE_STEPS);
}

/** Content in the one size that a routing envelope has. Raises TooLong above 508 bytes. */
export function padRouting(content) {
  return pad(content, [ROUTING_SIZE]);
}

/** The content that padRouting was given. Raises MalformedPadding for any other form. */
export function unpadRouting(padded) {
  return unpad(padded, [ROUTING_SIZE]);
}

/**
 * The content of an answer that is padded with zeros to some multiple of size.
 *
 * Which multiple is the service's choice, so that answers of different length can look the same.
 */
export function unpadFromMultiple(padded, size) {
  const end = lengthAt(padded);
  if (padded.length % size !== 0 || end > padded.length) {
    throw new MalformedPadding("the size is not a multiple that holds this length");
  }
  return withoutFilling(padded, end);
}

function pad(content, steps) {
  const size = LENGTH_SIZE + content.length;
  const step = steps.find((each) => size <= each);
  if (step === undefined) {
    const over = size - steps.at(-1);
    throw new TooLong(`${over} bytes more than fit`, over);
  }
  const padded = new Uint8Array(step);
  new DataView(padded.buffer).setUint32(0, content.length);
  padded.set(content, LENGTH_SIZE);
  return padded;
}

function unpad(padded, steps) {
  const end = lengthAt(padded);
  // A larger step than needed would be a second form of the same content.
  if (padded.length !== steps.find((each) => end <= each)) {
    throw new MalformedPadding("the size is not the step of this length");
  }
  return withoutFilling(padded, end);
}

function lengthAt(padded) {
  if (padded.length < LENGTH_SIZE) {
    throw new MalformedPadding("too short to hold its own length");
  }
  return LENGTH_SIZE + new DataView(padded.buffer, padded.byteOffset).getUint32(0);
}

function withoutFilling(padded, end) {
  if (padded.subarray(end).some((byte) => byte !== 0)) {
    throw new MalformedPadding("the filling is not all zeros");
  }
  return padded.slice(LENGTH_SIZE, end);
}

/**
 * The sizes of the slices that a file of this length becomes.
 *
 * Up to 1 MiB it is one slice of 64 KiB, 256 KiB or 1 MiB. Beyond, the number of 1 MiB slices is
 * rounded up to a power of two, and above 64 slices by Padmé.
 */
export function slicePlan(length) {
  const marked = length + 1;
  const small = [...SMALL_SLICES, SLICE].find((each) => marked <= each);
  return small === undefined ? new Array(sliceCount(length)).fill(SLICE) : [small];
}

/** How many slices a file of this length becomes. */
export function sliceCount(length) {
  return rounded(Math.floor(length / SLICE) + 1);
}

function rounded(count) {
  const bits = (number) => 32 - Math.clz32(number);
  if (count <= LAST_POWER_OF_TWO) {
    return 2 ** bits(count - 1);
  }
  // Padmé keeps as many leading bits of a number as the length of its length has.
  const exponent = bits(count) - 1;
  const step = 2 ** (exponent - bits(exponent));
  return Math.ceil(count / step) * step;
}

/**
 * The slice of this index of a file, padded and ready to seal.
 *
 * Reads from the Blob what this one slice needs, at most 1 MiB, so that a file of any size is
 * never in memory as a whole. Fails as Blob.arrayBuffer does when the file went away.
 */
export async function paddedSlice(blob, index, plan) {
  const start = index * SLICE;
  const size = plan[index];
  const content = new Uint8Array(await blob.slice(start, start + size).arrayBuffer());
  const slice = new Uint8Array(size);
  slice.set(content);
  if (start <= blob.size && blob.size < start + size) {
    slice[blob.size - start] = END_MARK;
  }
  return slice;
}

/**
 * The part of the file that this opened slice holds; none for a slice that only fills.
 *
 * Raises MalformedPadding unless the slice is exactly what paddedSlice makes of a file of this
 * length.
 */
export function trimSlice(slice, index, plan, length) {
  const start = index * SLICE;
  if (slice.length !== plan[index]) {
    throw new MalformedPadding("not a slice of a file of this length");
  }
  const held = Math.max(0, Math.min(length - start, slice.length));
  const marked = start <= length && length < start + slice.length;
  const filling = slice.subarray(held);
  if (filling.some((byte, at) => byte !== (marked && at === 0 ? END_MARK : 0))) {
    throw new MalformedPadding("the filling is not an end mark and zeros");
  }
  return slice.subarray(0, held);
}

/**
 * The parts of the file that these opened slices hold, one after the other.
 *
 * Raises MalformedPadding unless they are the padded slices of a file of this length, all of them
 * and in order; possibly after the first parts have been given.
 */
export function* unpadSlices(slices, length) {
  const plan = slicePlan(length);
  if (slices.length !== plan.length) {
    throw new MalformedPadding("another number of slices than a file of this length has");
  }
  for (const [index, slice] of slices.entries()) {
    yield trimSlice(slice, index, plan, length);
  }
}

/** The SHA-256 of one padded slice. */
export async function sliceDigest(slice) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", slice));
}

/** The one digest of a file in its message: the hash over the digests of its slices, in order. */
export function digestOfDigests(digests) {
  return toHex(sha256(join(...digests)));
}
