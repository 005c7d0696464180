/**
 * Checking proofs in the ledger's Merkle tree, hashed as RFC 6962 and RFC 9162 say.
 *
 * Sizes and indexes are BigInts: a ledger's may be larger than a number holds exactly.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { join, same } from "./bytes.js";
import { InconsistentTree, InvalidProof, SmallerTree } from "./errors.js";

export const HASH_SIZE = 32;
export const EMPTY_ROOT = sha256(new Uint8Array(0));
// A path has one hash a level, and sizes are below 2 ** 63.
export const MAX_HASHES = 63;

/** The hash of an entry's bytes as a leaf of the tree. */
export function leafHash(bytes) {
  // The two prefixes keep a leaf from passing for a node, which would prove what was never logged.
  return sha256(join(Uint8Array.of(0), bytes));
}

/** The hash of a node over its two children. */
export function nodeHash(left, right) {
  return sha256(join(Uint8Array.of(1), left, right));
}

/**
 * Return if the proof leads from the leaf's hash at index to the root of a tree of this size.
 *
 * Raises InvalidProof. The steps are those of RFC 9162, 2.1.3.2.
 */
export function verifyInclusion(leaf, index, size, proof, root) {
  refuseUnless(0n <= index && index < size, "the tree has no leaf with this index");
  refuseUnless(areHashes([leaf, root, ...proof]), "a hash of the proof has the wrong size");
  let [at, last] = [index, size - 1n];
  let digest = leaf;
  for (const sibling of proof) {
    refuseUnless(last !== 0n, "the proof is too long for this tree");
    if (isOdd(at) || at === last) {
      digest = nodeHash(sibling, digest);
      [at, last] = upPastMissing(at, last);
    } else {
      digest = nodeHash(digest, sibling);
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  refuseUnless(
    last === 0n && same(digest, root), "the proof does not lead to the root of the tree",
  );
}

/**
 * Return if the proof shows that the old tree is the beginning of the tree of this size.
 *
 * Raises SmallerTree, or InconsistentTree for everything else. The empty tree begins every tree,
 * and its proof is empty, as for a tree and itself. The steps are those of RFC 9162, 2.1.4.2.
 */
export function verifyConsistency(oldSize, oldRoot, size, root, proof) {
  if (size < oldSize) {
    throw new SmallerTree("the tree is smaller than it was");
  }
  const wellFormed = oldSize >= 0n && areHashes([oldRoot, root, ...proof]);
  if (!wellFormed || !continues(oldSize, oldRoot, size, root, proof)) {
    throw new InconsistentTree("the proof does not show that the tree continues the older one");
  }
}

function continues(oldSize, oldRoot, size, root, proof) {
  if (oldSize === 0n || oldSize === size) {
    const begins = same(oldRoot, oldSize === 0n ? EMPTY_ROOT : root);
    return proof.length === 0 && begins && (size !== 0n || same(root, EMPTY_ROOT));
  }
  const roots = bothRoots(oldSize, oldRoot, size, proof);
  return roots !== null && same(roots[0], oldRoot) && same(roots[1], root);
}

/** The roots of both trees as the proof has them, or null if it has the wrong length. */
function bothRoots(oldSize, oldRoot, size, proof) {
  // A size that is a power of two is one complete subtree, whose hash the proof leaves out.
  const [first, ...path] = (oldSize & (oldSize - 1n)) === 0n ? [oldRoot, ...proof] : proof;
  let [at, last] = [oldSize - 1n, size - 1n];
  while (isOdd(at)) {
    [at, last] = [at >> 1n, last >> 1n];
  }
  let [older, newer] = [first, first];
  for (const sibling of path) {
    if (last === 0n) {
      return null;
    }
    if (isOdd(at) || at === last) {
      [older, newer] = [nodeHash(sibling, older), nodeHash(sibling, newer)];
      [at, last] = upPastMissing(at, last);
    } else {
      newer = nodeHash(newer, sibling);
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  return first !== undefined && last === 0n ? [older, newer] : null;
}

/** Skip the levels where the last node has no sibling and goes up unchanged. */
function upPastMissing(at, last) {
  while (at !== 0n && !isOdd(at)) {
    [at, last] = [at >> 1n, last >> 1n];
  }
  return [at, last];
}

function isOdd(number) {
  return (number & 1n) === 1n;
}

function areHashes(values) {
  // A longer "hash" could hold a boundary between two others and prove what is not so.
  return values.every((value) => value.length === HASH_SIZE);
}

function refuseUnless(held, why) {
  if (!held) {
    throw new InvalidProof(why);
  }
}
