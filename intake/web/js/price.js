/**
 * What sending costs while very much arrives: some work of this device, or a short wait.
 *
 * The work is sixteen small puzzles over the stamp that the service made for this form: for each, a
 * number with which a SHA-256 begins with so many zero bits. It is done in slices, so that the page
 * goes on answering, and it ends when the wait is over, which pays as well.
 */

import { digestOf, toHex, utf8 } from "../../../crypto/browser/src/bytes.js";
import { Problem } from "./problem.js";

export const PUZZLES = 16;
const NONCE = 4;
// How long the page does not answer, in milliseconds: less than anybody notices.
const SLICE = 20;

/**
 * What the service takes instead of patience now, or the stamp itself once its wait is over.
 *
 * asked is {stamp, bits, seconds}; signal stops it, and then it raises Problem.
 */
export async function pay({ stamp, bits, seconds }, signal, clock = () => performance.now()) {
  const end = clock() + 1000 * seconds;
  const work = search(digestOf(utf8(stamp)), bits);
  for (;;) {
    if (signal.aborted) {
      throw new Problem("stopped");
    }
    const begun = clock();
    while (clock() < begun + SLICE) {
      const { done, value } = work.next();
      if (done) {
        return `${stamp}-${toHex(value)}`;
      }
    }
    if (clock() >= end) {
      return stamp;
    }
    await breath();
  }
}

/** The numbers that solve all puzzles; stops for a moment after every few tries. */
function* search(seed, bits) {
  const nonces = new Uint8Array(PUZZLES * NONCE);
  const said = new Uint8Array(seed.length + 1 + NONCE);
  said.set(seed);
  const view = new DataView(said.buffer);
  for (let at = 0; at < PUZZLES; at += 1) {
    said[seed.length] = at;
    for (let nonce = 0; ; nonce += 1) {
      view.setUint32(seed.length + 1, nonce);
      if (zeros(digestOf(said)) >= bits) {
        break;
      }
      if (nonce % 64 === 63) {
        yield;
      }
    }
    nonces.set(said.subarray(seed.length + 1), at * NONCE);
  }
  return nonces;
}

/** How many zero bits the first four bytes of a hash begin with. */
function zeros(hash) {
  return Math.clz32(new DataView(hash.buffer, hash.byteOffset, 4).getUint32(0));
}

/** Let the page do what waits; a timer would be slowed down where a page is not in front. */
function breath() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
