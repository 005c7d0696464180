/** What the runners of the vectors compare with. */

import { toHex } from "../src/bytes.js";
import { hexBytes } from "../src/strict.js";

/** A vector that did not end as it says. */
export class Differs extends Error {}

/** Fail unless both are the same bytes, or the same value. */
export function equal(found, expected) {
  const plain = (value) => (value instanceof Uint8Array ? toHex(value) : JSON.stringify(value));
  if (plain(found) !== plain(expected)) {
    throw new Differs(`${plain(found)?.slice(0, 300)} is not ${plain(expected)?.slice(0, 300)}`);
  }
}

/** The bytes that hexadecimal text spells, however many. */
export function hex(text) {
  return hexBytes(text, text.length / 2);
}
