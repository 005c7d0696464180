/**
 * A request for a seat: the public half of an identity that a person made in this browser.
 *
 * It goes over the console to the ceremony, so whoever runs the console could put another in its
 * place. Its fingerprint is computed here, from what was made here, and is what the person reads to
 * the ceremony.
 */

import { recipientFromSeed } from "./age.js";
import { hashOf } from "./bytes.js";
import { Document, parseValue, VERSION } from "./document.js";
import { MalformedEnrolment } from "./errors.js";
import { spoken } from "./roster.js";
import { checkDocument, memberSeed, signDocument, verifyKey } from "./signing.js";
import { b64, canonical, toB64 } from "./strict.js";

const KIND = "enrolment";
const KEYS = [
  ...["v", "installation", "seat", "recipient", "verify_key", "roster", "recovery", "on"],
  "signature",
];

/**
 * The canonical bytes of a request with this identity seed, and the fingerprint to read aloud.
 *
 * roster is the one in force, seat the person's id, on a day, copy the recovery copy or null.
 */
export async function makeRequest(seed, roster, seat, on, copy) {
  const signingSeed = memberSeed(seed);
  const fields = {
    v: VERSION,
    installation: roster.installation,
    seat,
    recipient: await recipientFromSeed(seed),
    verify_key: toB64(verifyKey(signingSeed)),
    roster: roster.hash,
    recovery: copy === null ? null : hashOf(copy),
    on,
  };
  const document = canonical(signDocument(KIND, fields, signingSeed));
  signingSeed.fill(0);
  return { document, fingerprint: spoken(hashOf(document)), recipient: fields.recipient };
}

/**
 * The request in these bytes, signed by the key in it: installation, seat, recipient, verifyKey and
 * the fingerprint that its maker reads aloud, which alone says that it is theirs.
 *
 * Raises MalformedEnrolment or InvalidSignature.
 */
export function verifyRequest(bytes) {
  const value = parseValue(bytes, MalformedEnrolment);
  const document = new Document(value, KEYS, MalformedEnrolment);
  document.version();
  document.installation();
  document.id("seat");
  document.recipient("recipient");
  document.key("verify_key");
  document.hash("roster");
  document.isNull("recovery") || document.hash("recovery");
  document.day("on");
  document.signature();
  checkDocument(KIND, value, b64(value.verify_key));
  const { installation, seat, recipient } = value;
  const fingerprint = spoken(hashOf(bytes));
  return { installation, seat, recipient, verifyKey: b64(value.verify_key), fingerprint };
}

/** Whether somebody typed the fingerprint as they heard it: any case, spaces and dashes. */
export function isFingerprint(typed, fingerprint) {
  return symbolsOf(typed) === symbolsOf(fingerprint);
}

/** @param {string} text */
function symbolsOf(text) {
  const plain = text.normalize("NFKC").toUpperCase().replace(/[\s\p{Pd}]/gu, "");
  return plain.replace(/O/g, "0").replace(/[IL]/g, "1");
}
