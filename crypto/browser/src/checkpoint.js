/** What a ledger's keeper signs: origin, size and root of its tree, as C2SP tlog-checkpoint. */

import { same, utf8 } from "./bytes.js";
import { Malformed, MalformedCheckpoint } from "./errors.js";
import { EMPTY_ROOT, HASH_SIZE } from "./merkle.js";
import { b64, decimal, toB64 } from "./strict.js";

// What is signed holds the origin with one byte for its length.
const MAX_ORIGIN_SIZE = 255;
const UNFIT = /[\u0000-\u001f\p{Surrogate}]/u;

/** The text of a checkpoint as {origin, size, root}. */
export function checkpointText({ origin, size, root }) {
  return `${origin}\n${size}\n${toB64(root)}\n`;
}

/** The {origin, size, root} that a note's text is, in its one spelling; size is a BigInt. */
export function parseCheckpoint(text) {
  const [origin, size, root, ...after] = text.split("\n");
  refuseUnless(after.length === 1 && after[0] === "", "not the three lines of a checkpoint");
  const fits = !UNFIT.test(origin) && origin !== "" && utf8(origin).length <= MAX_ORIGIN_SIZE;
  refuseUnless(fits, "not the origin of a tree");
  const head = { origin, ...sizeAndRoot(size, root) };
  refuseUnless(head.root.length === HASH_SIZE, "not the root of a tree");
  refuseUnless(head.size !== 0n || same(head.root, EMPTY_ROOT), "the empty tree has one root");
  refuseUnless(checkpointText(head) === text, "not the one spelling of a checkpoint");
  return head;
}

function sizeAndRoot(size, root) {
  try {
    return { size: decimal(size), root: b64(root) };
  } catch (refused) {
    if (refused instanceof Malformed) {
      throw new MalformedCheckpoint("not the size and root of a tree");
    }
    throw refused;
  }
}

function refuseUnless(held, why) {
  if (!held) {
    throw new MalformedCheckpoint(why);
  }
}
