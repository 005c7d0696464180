/**
 * The receipt code: the one thing a submitter keeps, and what is derived from it.
 *
 * Fifteen random bytes are written as 24 Crockford base32 symbols and a check symbol. The code
 * never leaves the browser; only the lookup that is derived from it does.
 */

import { derive, draw, hashOf, join, PREFIX, utf8 } from "./bytes.js";
import { MalformedCode } from "./errors.js";
import { hexBytes } from "./strict.js";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_SIZE = 15;
export const TOKEN_SIZE = 15;
export const LOOKUP_SIZE = 16;
const SYMBOLS = 25;

// White space, zero-width characters and every dash that a keyboard or a word processor may put
// between the groups, spelled out because Python and browsers differ in what they call a space.
const BETWEEN =
  /[\u0009-\u000d\u0020\u0085\u00a0\u00ad\u1680\u2000-\u2015\u2028\u2029\u202f\u205f\u2060\u2212\u3000\ufe58\ufe63\ufeff\uff0d-]/g;
const FULL_WIDTH = /[\uff10-\uff5a]/g;
const LOOK_ALIKE = { O: "0", I: "1", L: "1" };

/** A receipt code as its fifteen bytes. */
export class ReceiptCode {
  #raw;

  constructor(raw) {
    if (raw.length !== CODE_SIZE) {
      throw new RangeError("a receipt code is 15 bytes");
    }
    this.#raw = raw;
  }

  /** A new code that nobody else has. */
  static draw() {
    return new ReceiptCode(draw(CODE_SIZE));
  }

  /** The code of a form that was sent without scripts. */
  static fromFormToken(token, installation) {
    if (token.length !== TOKEN_SIZE) {
      throw new RangeError("a form token is 15 bytes");
    }
    return new ReceiptCode(derive(token, saltOf(installation), "code", CODE_SIZE));
  }

  /**
   * The code that a person typed, forgiving what does not matter.
   *
   * Case, spaces, dashes, full-width characters and the look-alikes O, I and L are read as meant.
   * Raises MalformedCode, whose looksLike says which help to show.
   */
  static parse(text) {
    const symbols = Array.from(narrowed(text));
    if (symbols.length !== SYMBOLS) {
      throw new MalformedCode("a receipt code has 25 symbols", "length");
    }
    const values = symbols.map((symbol) => ALPHABET.indexOf(symbol));
    const check = values.pop();
    if (values.includes(-1) || check !== checkValue(values)) {
      throw new MalformedCode("one character looks wrong", "character");
    }
    return new ReceiptCode(packed(values));
  }

  /** The fifteen bytes. */
  get raw() {
    return this.#raw;
  }

  /** The code as it is shown, in five groups of five. */
  get text() {
    const bits = Array.from(this.#raw, (byte) => byte.toString(2).padStart(8, "0")).join("");
    const symbols = crockford(bits);
    const values = Array.from(symbols, (symbol) => ALPHABET.indexOf(symbol));
    return (symbols + ALPHABET[checkValue(values)]).match(/.{5}/g).join("-");
  }

  /** Where the mailbox is, what opens it and what signs for it, at this installation only. */
  keys(installation) {
    const salt = saltOf(installation);
    return {
      lookup: derive(this.#raw, salt, "lookup", LOOKUP_SIZE),
      mailboxSeed: derive(this.#raw, salt, "mailbox", 32),
      signingSeed: derive(this.#raw, salt, "signing", 32),
    };
  }
}

/** The public name of a mailbox, which is all that the drop keeps of a code. */
export function mailboxId(lookup) {
  if (lookup.length !== LOOKUP_SIZE) {
    throw new RangeError("a lookup is 16 bytes");
  }
  return hashOf(lookup);
}

/** The value that is the same when the same form is sent twice for the same mailbox. */
export function once(token, lookup) {
  if (token.length !== TOKEN_SIZE || lookup.length !== LOOKUP_SIZE) {
    throw new RangeError("a form token is 15 bytes and a lookup 16");
  }
  return hashOf(join(utf8(`${PREFIX}once\n`), token, lookup));
}

function saltOf(installation) {
  return hexBytes(installation, 16);
}

function narrowed(text) {
  return text
    .replace(FULL_WIDTH, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(BETWEEN, "")
    // Only the letters of ASCII: toUpperCase alone would turn others into symbols of the alphabet.
    .replace(/[a-z]/g, (letter) => letter.toUpperCase())
    .replace(/[OIL]/g, (letter) => LOOK_ALIKE[letter]);
}

function packed(values) {
  const bits = values.map((value) => value.toString(2).padStart(5, "0")).join("");
  return Uint8Array.from(bits.match(/.{8}/g), (byte) => parseInt(byte, 2));
}

/** Bits, given as a text of zeros and ones, as Crockford base32 symbols for five of them each. */
export function crockford(bits) {
  return bits.match(/.{5}/g).map((value) => ALPHABET[parseInt(value, 2)]).join("");
}

/**
 * The Luhn check value modulo 32, doubling from the right.
 *
 * Every single wrong symbol is found; of two neighbours exchanged, only 0Z for Z0 goes unnoticed.
 */
function checkValue(values) {
  const total = values.reduceRight((sum, value, at) => {
    const doubled = (values.length - 1 - at) % 2 ? value : 2 * value;
    return sum + Math.floor(doubled / 32) + (doubled % 32);
  }, 0);
  return (32 - (total % 32)) % 32;
}
