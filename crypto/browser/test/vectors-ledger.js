/** The shared vectors of the ledger's formats; as vectors.js, and put together there. */

import { ml_dsa44 as mldsa } from "@noble/post-quantum/ml-dsa.js";
import { join, utf8 } from "../src/bytes.js";
import { checkpointText, parseCheckpoint } from "../src/checkpoint.js";
import { checkKeeper, signedMessage, verifyCosignature } from "../src/cosignature.js";
import * as entry from "../src/entry.js";
import { keptBytes, parseKept } from "../src/kept.js";
import * as merkle from "../src/merkle.js";
import { parseNote, verifyNote } from "../src/note.js";
import { ML_DSA_44, NoteKey } from "../src/notekey.js";
import { verifyStatement } from "../src/statement.js";
import { b64, canonical } from "../src/strict.js";
import * as proofs from "../src/tlogproof.js";
import { equal, hex } from "./compare.js";

/** The root as RFC 6962 defines it: a browser checks proofs and has no use for it. */
function rootOf(hashes) {
  if (hashes.length < 2) {
    return hashes[0] ?? merkle.EMPTY_ROOT;
  }
  let half = 1;
  while (2 * half < hashes.length) {
    half *= 2;
  }
  return merkle.nodeHash(rootOf(hashes.slice(0, half)), rootOf(hashes.slice(half)));
}

const MERKLE = {
  root: (v) => equal(rootOf(v.leaves.map(hex).map(merkle.leafHash)), hex(v.root)),
  numbered(v) {
    const hashes = v.roots.map((_, n) => merkle.leafHash(utf8(String(n))));
    v.roots.forEach((root, size) => equal(rootOf(hashes.slice(0, size)), hex(root)));
  },
  inclusion(v) {
    const [index, size] = [v.index, v.size].map(BigInt);
    merkle.verifyInclusion(hex(v.leaf), index, size, v.proof.map(hex), hex(v.root));
  },
  consistency(v) {
    const [oldSize, size] = [v.old_size, v.size].map(BigInt);
    merkle.verifyConsistency(oldSize, hex(v.old_root), size, hex(v.root), v.proof.map(hex));
  },
};

const NOTE = {
  parse: (v) => equal(parseNote(utf8(v.text)).bytes, utf8(v.text)),
  parse_bytes: (v) => parseNote(join(b64(v.bytes), utf8("x".repeat(v.repeat)))),
  verify: (v) => verifyNote(parseNote(utf8(v.text)), NoteKey.parse(v.key)),
  key: (v) => equal(NoteKey.parse(v.text).text, v.text),
};

const CHECKPOINT = {
  parse(v) {
    const head = parseCheckpoint(v.text);
    equal(checkpointText(head), v.text);
    if ("origin" in v) {
      equal([head.origin, String(head.size)], [v.origin, String(v.size)]);
      equal(head.root, hex(v.root));
    }
  },
};

const COSIGNATURE = {
  message(v) {
    const head = { origin: v.origin, size: BigInt(v.size), root: hex(v.root) };
    equal(signedMessage(v.signer, BigInt(v.timestamp), head), hex(v.message));
  },
  key(v) {
    const { publicKey } = mldsa.keygen(hex(v.seed));
    equal(new NoteKey(v.signer, ML_DSA_44, publicKey).text, v.key);
  },
  verify(v) {
    const at = verifyCosignature(parseNote(utf8(v.text)), NoteKey.parse(v.key));
    equal(String(at), String(v.timestamp));
  },
};

const PROOF = {
  parse: (v) => equal(proofs.proofBytes(proofs.parseProof(utf8(v.text))), utf8(v.text)),
  parse_consistency(v) {
    const parsed = proofs.parseConsistency(utf8(v.text));
    equal(proofs.consistencyBytes(parsed), utf8(v.text));
  },
  check(v) {
    const parsed = proofs.parseProof(utf8(v.text));
    checkKeeper(parsed.note, v.keys.map((text) => NoteKey.parse(text)));
    proofs.checkInclusion(parsed, parsed.extra);
  },
};

const ENTRY = {
  parse(v) {
    equal(canonical(entry.parseEntry(utf8(v.text))), utf8(v.text));
    equal(merkle.leafHash(utf8(v.text)), hex(v.leaf_hash));
  },
  subject: (v) => equal(entry.subjectOf(v.case, hex(v.nonce)), v.hash),
  commitment: (v) => equal(entry.commitmentOf(hex(v.nonce), utf8(v.text)), v.hash),
  tally: (v) => equal(entry.tallyValue(v.digest, hex(v.nonce)), v.hash),
  check_text: (v) => entry.checkText(entry.parseEntry(utf8(v.text)), hex(v.nonce), utf8(v.kept)),
  statement(v) {
    equal(canonical(verifyStatement(utf8(v.text), v.keys.map(b64))), utf8(v.text));
  },
};

const KEPT = {
  parse(v) {
    const { nonce, text } = parseKept(utf8(v.text));
    equal(nonce, hex(v.nonce));
    equal(text, b64(v.kept));
    equal(keptBytes(nonce, text), utf8(v.text));
  },
  of_size: (v) => parseKept(keptBytes(hex(v.nonce), new Uint8Array(v.size))),
};

/** What is run for each operation of each file. */
export const LEDGER = {
  checkpoint: CHECKPOINT,
  cosignature: COSIGNATURE,
  entry: ENTRY,
  kept: KEPT,
  merkle: MERKLE,
  note: NOTE,
  proof: PROOF,
};
