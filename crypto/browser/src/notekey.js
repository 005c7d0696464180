/**
 * The keys that sign notes, as C2SP signed-note spells them: name, id and base64.
 *
 * In a module of its own, because rosters name the ledger's key and most pages check no notes.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { join, same, toHex, utf8 } from "./bytes.js";
import { Malformed, MalformedNote } from "./errors.js";
import { b64, hexBytes, toB64 } from "./strict.js";

export const ED25519 = 0x01;
export const ML_DSA_44 = 0x06;
export const ID_SIZE = 4;
// Cosignatures hold the name of their key with one byte for its length.
const MAX_NAME_SIZE = 255;
const KEY_SIZES = new Map([[ED25519, 32], [ML_DSA_44, 1312]]);
// Control characters could make a terminal show something else than what was signed.
const UNFIT = /[\u0000-\u001f+\p{White_Space}\p{Surrogate}]/u;

/** Whether name can be the name of a key. */
export function isName(name) {
  return name !== "" && !UNFIT.test(name);
}

/** A public key with its name and its kind of signature. */
export class NoteKey {
  constructor(name, kind, bytes) {
    const fits = isName(name) && utf8(name).length <= MAX_NAME_SIZE;
    if (!fits || bytes.length !== KEY_SIZES.get(kind)) {
      throw new RangeError("not the name, kind and size of a key");
    }
    Object.assign(this, { name, kind, bytes });
  }

  /** The four bytes by which a signature line says which key of this name made it. */
  get id() {
    const kind = Uint8Array.of(this.kind);
    return sha256(join(utf8(this.name), utf8("\n"), kind, this.bytes)).subarray(0, ID_SIZE);
  }

  /** The key as policies and rosters spell it. */
  get text() {
    const spelled = toB64(join(Uint8Array.of(this.kind), this.bytes));
    return `${this.name}+${toHex(this.id)}+${spelled}`;
  }

  /** The key that text spells. Raises MalformedNote, also for a kind that is not read here. */
  static parse(text) {
    const [name, id, bytes] = partsOf(text);
    if (KEY_SIZES.get(bytes[0]) !== bytes.length - 1 || utf8(name).length > MAX_NAME_SIZE) {
      throw new MalformedNote("the key has a kind that is not read here, or a wrong size or name");
    }
    const key = new NoteKey(name, bytes[0], bytes.subarray(1));
    if (!same(key.id, id)) {
      throw new MalformedNote("the key and the id in its text do not belong together");
    }
    return key;
  }
}

function partsOf(text) {
  // Base64 has plus signs of its own, names have none.
  const [, name, id, spelled] = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(text) ?? [];
  try {
    if (spelled !== undefined && isName(name)) {
      return [name, hexBytes(id, ID_SIZE), b64(spelled)];
    }
  } catch (refused) {
    if (!(refused instanceof Malformed)) {
      throw refused;
    }
  }
  throw new MalformedNote("not a key as name, id and base64");
}
