/**
 * ML-DSA-44 signatures over checkpoints, as C2SP tlog-cosignature has them: checking only.
 *
 * The ledger's keeper and the cosigners sign the same way, each for their own name.
 */

import { ml_dsa44 as mldsa } from "@noble/post-quantum/ml-dsa.js";
import { join, utf8 } from "./bytes.js";
import { parseCheckpoint } from "./checkpoint.js";
import { InvalidSignature, NotSigned, UnknownLedger } from "./errors.js";
import { ML_DSA_44 } from "./notekey.js";

const MAX_TIMESTAMP = (1n << 63n) - 1n;
const TIMESTAMP_SIZE = 8;
const SIGNATURE_SIZE = 2420;
const LABEL = utf8("subtree/v1\n\u0000");
// A checkpoint is about the whole tree, so the subtree that is signed starts at the first leaf.
const START = 0n;

/** The bytes that a signer of this name signs for a checkpoint; timestamp is a BigInt. */
export function signedMessage(name, timestamp, { origin, size, root }) {
  const [time, start, end] = [timestamp, START, size].map(spelledNumber);
  return join(LABEL, short(name), time, short(origin), start, end, root);
}

function spelledNumber(number) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, number);
  return bytes;
}

function short(text) {
  // NoteKey and parseCheckpoint see to it that names and origins have 1 to 255 bytes.
  const bytes = utf8(text);
  return join(Uint8Array.of(bytes.length), bytes);
}

/**
 * The time, a BigInt, at which this ML-DSA-44 key signed the checkpoint that the note's text is.
 *
 * Raises NotSigned, InvalidSignature or MalformedCheckpoint.
 */
export function verifyCosignature(note, key) {
  if (key.kind !== ML_DSA_44) {
    throw new RangeError("this key does not sign checkpoints");
  }
  const bytes = note.signatureBy(key);
  const head = parseCheckpoint(note.text);
  const fits = bytes.length === TIMESTAMP_SIZE + SIGNATURE_SIZE;
  const timestamp = fits ? timeOf(bytes) : -1n;
  const signed = fits && timestamp <= MAX_TIMESTAMP;
  const signature = bytes.slice(TIMESTAMP_SIZE);
  const message = signedMessage(key.name, signed ? timestamp : 0n, head);
  if (!signed || !mldsa.verify(signature, message, key.bytes)) {
    throw new InvalidSignature(`the signature by ${key.name} does not verify`);
  }
  return timestamp;
}

function timeOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getBigUint64(0);
}

/**
 * When the keeper signed the checkpoint that the note is, one of these keys being theirs.
 *
 * Gives {checkpoint, signedAt}. Every line by one of the keys must verify. Raises
 * MalformedCheckpoint, UnknownLedger, NotSigned or InvalidSignature.
 */
export function checkKeeper(note, keys) {
  const checkpoint = parseCheckpoint(note.text);
  const known = keys.filter((key) => key.name === checkpoint.origin);
  if (known.length === 0) {
    throw new UnknownLedger("the checkpoint is of a ledger that is not known here");
  }
  const times = known
    .filter((key) => note.hasLineOf(key))
    .map((key) => verifyCosignature(note, key));
  if (times.length === 0) {
    throw new NotSigned("the checkpoint is not signed by the keeper of the ledger");
  }
  return { checkpoint, signedAt: times.reduce((one, other) => (one > other ? one : other)) };
}
