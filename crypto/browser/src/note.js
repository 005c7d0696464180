/**
 * Signed notes, as C2SP signed-note has them: text, an empty line and signature lines.
 *
 * Anybody may add lines, so a line by a key that is not known counts for nothing and does no harm;
 * a line by a known key must verify. ML-DSA-44, which signs a checkpoint and not the text, is in
 * cosignature.js.
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { join, same, toHex, utf8 } from "./bytes.js";
import { InvalidSignature, Malformed, MalformedNote, NotSigned } from "./errors.js";
import { ED25519, ID_SIZE, isName } from "./notekey.js";
import { b64, toB64 } from "./strict.js";

const MAX_SIGNATURES = 64;
const SIZE_LIMIT = 1 << 20;
const ED25519_SIGNATURE_SIZE = 64;
const LINE = /^\u2014 ([^ \n]+) ([A-Za-z0-9+/]+={0,2})$/;
// Control characters could make a terminal show something else than what was signed.
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text and its signatures as {name, id, signature}, none of which has been checked. */
export class Note {
  constructor(text, signatures) {
    Object.assign(this, { text, signatures });
  }

  /** The note as it is written. */
  get bytes() {
    const lines = this.signatures.map(
      ({ name, id, signature }) => `\u2014 ${name} ${toB64(join(id, signature))}\n`,
    );
    return utf8(`${this.text}\n${lines.join("")}`);
  }

  /** The bytes that the line of this key has. Raises NotSigned if there is no such line. */
  signatureBy(key) {
    const found = this.#lineOf(key);
    if (found === undefined) {
      throw new NotSigned(`there is no signature by ${key.name}`);
    }
    return found.signature;
  }

  /** Whether a line says to be by this key, verified or not. */
  hasLineOf(key) {
    return this.#lineOf(key) !== undefined;
  }

  #lineOf({ name, id }) {
    return this.signatures.find((each) => each.name === name && same(each.id, id));
  }
}

/**
 * The note that these bytes are. Raises MalformedNote.
 *
 * The text is all before the last empty line, and may itself have empty lines. A key that signs
 * twice is refused: the second line could only say something else.
 */
export function parseNote(bytes) {
  const whole = decoded(bytes);
  const at = whole.lastIndexOf("\n\n");
  refuseUnless(
    at >= 0 && whole.endsWith("\n"), "not a text, an empty line and signature lines",
  );
  const lines = whole.slice(at + 2, -1).split("\n");
  refuseUnless(lines.length <= MAX_SIGNATURES, "too many signatures");
  const note = new Note(whole.slice(0, at + 1), lines.map(parseLine));
  const signers = note.signatures.map(({ name, id }) => `${toHex(id)} ${name}`);
  refuseUnless(new Set(signers).size === signers.length, "a key has signed twice");
  refuseUnless(same(note.bytes, bytes), "not the one spelling of a note");
  return note;
}

/** Return if the Ed25519 key has signed the note's text. Raises NotSigned or InvalidSignature. */
export function verifyNote(note, key) {
  if (key.kind !== ED25519) {
    throw new RangeError("this key does not sign texts");
  }
  const signature = note.signatureBy(key);
  const fits = signature.length === ED25519_SIGNATURE_SIZE;
  if (!fits || !ed25519.verify(signature, utf8(note.text), key.bytes, { zip215: false })) {
    throw new InvalidSignature(`the signature by ${key.name} does not verify`);
  }
}

function decoded(bytes) {
  refuseUnless(bytes.length <= SIZE_LIMIT, "too long for a note");
  let whole;
  try {
    whole = decoder.decode(bytes);
  } catch {
    throw new MalformedNote("not text in UTF-8");
  }
  refuseUnless(!CONTROL.test(whole), "a control character is in the note");
  return whole;
}

function parseLine(line) {
  const [, name, spelled] = LINE.exec(line) ?? [];
  refuseUnless(name !== undefined && isName(name), "not a signature line");
  let bytes = new Uint8Array(0);
  try {
    bytes = b64(spelled);
  } catch (refused) {
    if (!(refused instanceof Malformed)) {
      throw refused;
    }
  }
  refuseUnless(bytes.length > ID_SIZE, "not a signature in base64");
  return { name, id: bytes.subarray(0, ID_SIZE), signature: bytes.subarray(ID_SIZE) };
}

function refuseUnless(held, why) {
  if (!held) {
    throw new MalformedNote(why);
  }
}
