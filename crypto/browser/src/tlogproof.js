/**
 * Proof files: that an entry is in a ledger (C2SP tlog-proof), and that a ledger continues an older
 * one (what C2SP tlog-witness sends). Nothing in a parsed file has been checked yet.
 */

import { join, same, utf8 } from "./bytes.js";
import { parseCheckpoint } from "./checkpoint.js";
import { Malformed, MalformedNote, MalformedProof } from "./errors.js";
import { HASH_SIZE, leafHash, MAX_HASHES, verifyInclusion } from "./merkle.js";
import { parseNote } from "./note.js";
import { b64, decimal, toB64 } from "./strict.js";

const SIZE_LIMIT = 1 << 21;
const HEADER = "c2sp.org/tlog-proof@v1";
const EXTRA = "extra ";
const INDEX = "index ";
const OLD = "old ";
const LINE_FEED = 0x0a;

/** The {index, hashes, note, extra} of a proof file; raises MalformedProof or MalformedNote. */
export function parseProof(bytes) {
  const { lines, note } = split(bytes);
  refuseUnless(lines.shift() === HEADER && lines.length > 0, "not a tlog-proof of version 1");
  let extra = null;
  if (lines[0].startsWith(EXTRA)) {
    extra = spelled(lines.shift().slice(EXTRA.length));
    refuseUnless(extra.length > 0, "the extra data are empty");
  }
  const index = number(lines.shift() ?? "", INDEX);
  return compared({ index, hashes: readHashes(lines), note, extra }, proofBytes, bytes);
}

/** The {oldSize, hashes, note} of a consistency proof; raises MalformedProof or MalformedNote. */
export function parseConsistency(bytes) {
  const { lines, note } = split(bytes);
  const oldSize = number(lines.shift(), OLD);
  return compared({ oldSize, hashes: readHashes(lines), note }, consistencyBytes, bytes);
}

/** The file of a proof. */
export function proofBytes({ index, hashes, note, extra }) {
  const extras = extra === null ? [] : [EXTRA + toB64(extra)];
  return render([HEADER, ...extras, `${INDEX}${index}`], hashes, note);
}

/** The file of a consistency proof. */
export function consistencyBytes({ oldSize, hashes, note }) {
  return render([`${OLD}${oldSize}`], hashes, note);
}

/**
 * Return the checkpoint that the proof is about, if the entry of these bytes is in its tree.
 *
 * Raises MalformedCheckpoint or InvalidProof. Who signed the checkpoint is not looked at.
 */
export function checkInclusion({ index, hashes, note }, leaf) {
  const checkpoint = parseCheckpoint(note.text);
  verifyInclusion(leafHash(leaf), index, checkpoint.size, hashes, checkpoint.root);
  return checkpoint;
}

function render(head, hashes, note) {
  return join(utf8([...head, ...hashes.map(toB64), "", ""].join("\n")), note.bytes);
}

/** The lines before the first empty line, one at least, and the note after it. */
function split(bytes) {
  refuseUnless(bytes.length <= SIZE_LIMIT, "too long for a proof");
  const at = bytes.findIndex(
    (byte, index) => byte === LINE_FEED && bytes[index + 1] === LINE_FEED,
  );
  const head = at < 0 ? bytes : bytes.subarray(0, at);
  refuseUnless(head.every((byte) => byte < 0x80), "the proof is not in ASCII");
  refuseUnless(at >= 0, "there is no checkpoint after the proof");
  const lines = new TextDecoder().decode(head).split("\n");
  return { lines, note: checkpointNote(bytes.subarray(at + 2)) };
}

function checkpointNote(bytes) {
  try {
    return parseNote(bytes);
  } catch (refused) {
    if (refused instanceof MalformedNote) {
      throw new MalformedNote(`the checkpoint after the proof: ${refused.message}`);
    }
    throw refused;
  }
}

function readHashes(lines) {
  const hashes = lines.map(spelled);
  const fit = hashes.length <= MAX_HASHES && hashes.every((each) => each.length === HASH_SIZE);
  refuseUnless(fit, "not the hashes of a proof");
  return hashes;
}

function spelled(text) {
  return translated(() => b64(text), "a line of the proof is not canonical base64");
}

function number(line, prefix) {
  const why = `there is no line that begins with ${prefix.trim()} and a number`;
  refuseUnless(line.startsWith(prefix), why);
  return translated(() => decimal(line.slice(prefix.length)), why);
}

function translated(read, why) {
  try {
    return read();
  } catch (refused) {
    if (refused instanceof Malformed) {
      throw new MalformedProof(why);
    }
    throw refused;
  }
}

function compared(proof, written, bytes) {
  refuseUnless(same(written(proof), bytes), "not the one spelling of a proof");
  return proof;
}

function refuseUnless(held, why) {
  if (!held) {
    throw new MalformedProof(why);
  }
}
