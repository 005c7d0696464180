/**
 * Ed25519 signatures over canonical documents, each bound to what it is a signature of.
 *
 * The signed bytes begin with the kind of the document, so that a signature under one kind is
 * worth nothing under another.
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { derive, join, PREFIX, utf8 } from "./bytes.js";
import { InvalidSignature, Malformed } from "./errors.js";
import { b64, canonical, toB64 } from "./strict.js";

const SEED_SIZE = 32;
const SIGNATURE_SIZE = 64;
const POINT_SIZE = 32;
const CASE = "case";

/** The 32 bytes by which anyone checks what this seed signs. */
export function verifyKey(seed) {
  return ed25519.getPublicKey(seed);
}

/** The signing seed that belongs to a member's identity. */
export function memberSeed(identitySeed) {
  if (identitySeed.length !== SEED_SIZE) {
    throw new RangeError("an identity seed is 32 bytes");
  }
  return derive(identitySeed, new Uint8Array(0), "member-signing", SEED_SIZE);
}

/** The signing seed that belongs to a case: its sender and its readers have it, nobody else. */
export function caseSigningSeed(caseSeed) {
  if (caseSeed.length !== SEED_SIZE) {
    throw new RangeError("a case seed is 32 bytes");
  }
  return derive(caseSeed, new Uint8Array(0), "case-signing", SEED_SIZE);
}

/** A copy of the document with its signature under this kind. */
export function signDocument(kind, doc, seed) {
  return { ...doc, signature: toB64(ed25519.sign(signedBytes(kind, doc), seed)) };
}

/**
 * Return if the document carries this key's signature under this kind.
 *
 * Raises InvalidSignature otherwise, also when there is none. Keys of small order and second
 * spellings of a point are refused, because one signature under them fits many documents; keys of
 * mixed order, because not every library takes the same signatures under them.
 */
export function checkDocument(kind, doc, key) {
  const signature = signatureOf(doc);
  if (signature.length !== SIGNATURE_SIZE || key.length !== SEED_SIZE) {
    throw new InvalidSignature("there is no signature to check");
  }
  const pure = isPure(key) && isPure(signature.subarray(0, POINT_SIZE));
  if (!pure || !ed25519.verify(signature, signedBytes(kind, doc), key, { zip215: false })) {
    throw new InvalidSignature(`this is not the expected signature of a ${kind}`);
  }
}

/** A copy of the document, not signed yet, with the case's own signature in it. */
export function signCase(doc, caseSeed) {
  const { case_signature: _, ...bare } = doc;
  const { signature } = signDocument(CASE, bare, caseSigningSeed(caseSeed));
  return { ...doc, case_signature: signature };
}

/** Return if who made the document knew the seed of the case. Raises InvalidSignature. */
export function checkCase({ case_signature: signature, ...doc }, caseSeed) {
  checkDocument(CASE, { ...doc, signature }, verifyKey(caseSigningSeed(caseSeed)));
}

/** Whether these bytes spell a point of the large prime order. */
function isPure(bytes) {
  try {
    const point = ed25519.Point.fromBytes(bytes);
    return !point.isSmallOrder() && point.isTorsionFree();
  } catch {
    // What does not spell a point at all is refused with an Error of no class of its own.
    return false;
  }
}

function signatureOf(doc) {
  try {
    return b64(doc.signature);
  } catch (refused) {
    if (refused instanceof Malformed) {
      return new Uint8Array(0);
    }
    throw refused;
  }
}

function signedBytes(kind, doc) {
  const { signature: _, ...unsigned } = doc;
  return join(utf8(`${PREFIX}${kind}\n`), canonical(unsigned));
}
