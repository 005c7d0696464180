/**
 * The SHA-256 of a file that is read part by part, so that it is never in memory as a whole.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { toHex } from "./bytes.js";

/** A hash that takes the parts of a file in order. */
export class FileHash {
  #hash = sha256.create();

  /** Take the next part. @param {Uint8Array} part */
  take(part) {
    this.#hash.update(part);
  }

  /** The hash of all parts, in hexadecimal; no part can be taken after. @returns {string} */
  hex() {
    return toHex(this.#hash.digest());
  }
}
