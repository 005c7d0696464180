/**
 * A mailbox as the service hands it out, opened and checked in the browser.
 *
 * The service is not believed: the mailbox record must carry the submitter's own signature, each
 * letter that of a reader of a roster which the root key signed, none older than that of a letter
 * before, and the letters must follow one another without a gap. What does not hold is counted and
 * not shown. Proofs are opened here; whether they hold is checked when somebody asks.
 */

import { hashOf } from "../../../crypto/browser/src/bytes.js";
import { caseId, checkMailbox } from "../../../crypto/browser/src/case.js";
import { follow, openKeying } from "../../../crypto/browser/src/keying.js";
import { Document } from "../../../crypto/browser/src/document.js";
import { CryptoError, Malformed, MalformedPadding } from "../../../crypto/browser/src/errors.js";
import {
  checkPlace,
  messageDigest,
  nextPlace,
  openEnvelope,
  signer,
} from "../../../crypto/browser/src/message.js";
import { openSealed } from "../../../crypto/browser/src/age.js";
import { unpadFromMultiple } from "../../../crypto/browser/src/padding.js";
import { mailboxId } from "../../../crypto/browser/src/receipt.js";
import { verifyKey } from "../../../crypto/browser/src/signing.js";
import { b64, parseCanonical } from "../../../crypto/browser/src/strict.js";
import { believed } from "./roster.js";
import { Problem } from "./problem.js";

const STEP = 131072;
const PROOF_STEP = 16384;
const LENGTH_SIZE = 4;
const MAX_LETTERS = 10_000;
const MAX_RECEIPTS = 100_000;
const MAX_KEYINGS = 10_000;
const KEYS = [
  ...["found", "case", "generation", "signature", "head", "keyings", "letters", "receipts"],
  "rosters",
];

/**
 * The mailbox in the service's answer, or null when there is none for this receipt code.
 *
 * It has the recipient that the case has now, null when a later one is not vouched for by two of its
 * readers, so that nothing can be sealed; and caseId, the head of the submitter's thread, the letters that held as
 * {message, from} in their order, and how many did not; the receipts of the submitter's own
 * messages as {n, proof, statement, doubtful}, bytes or null, doubtful when a proof did not open;
 * and the rosters delivered with it. Raises Malformed, and InvalidSignature when the submitter did
 * not sign the record.
 */
export async function openMailbox(answer, keys, page) {
  const value = parseAnswer(answer);
  if (value === null) {
    return null;
  }
  checkRecord(value, keys, page);
  const recipient = await currentRecipient(value, keys, page);
  const mailbox = { recipient, caseId: caseId(value.case), head: value.head };
  const receipts = await Promise.all(value.receipts.map((each) => openReceipt(each, keys)));
  const rosters = Object.values(value.rosters ?? {}).map(b64);
  const letters = await openLetters(value, mailbox.caseId, keys, page);
  return { ...mailbox, receipts, rosters, ...letters };
}

function parseAnswer(answer) {
  const value = parseCanonical(unpadFromMultiple(answer, STEP));
  if (value?.found === false) {
    new Document(value, ["found"], Malformed);
    return null;
  }
  const document = new Document(value, KEYS, Malformed);
  document.flag("found");
  document.recipient("case");
  const head = document.part("head", ["n", "digest"]);
  head.whole("n", 1);
  head.hash("digest");
  if (!Array.isArray(value.keyings) || value.keyings.length > MAX_KEYINGS) {
    throw new Malformed("keyings is not a list");
  }
  for (const letter of document.parts("letters", MAX_LETTERS, ["n", "envelope"])) {
    letter.whole("n", 1);
    letter.text("envelope");
  }
  for (const receipt of document.parts("receipts", MAX_RECEIPTS, ["n", "proof", "statement"])) {
    receipt.whole("n", 1);
    receipt.isNull("proof") || receipt.text("proof");
    receipt.isNull("statement") || receipt.text("statement");
  }
  return value;
}

async function openReceipt({ n, proof, statement }, { mailboxSeed }) {
  const receipt = { n, proof: null, statement: statement === null ? null : b64(statement) };
  if (proof === null) {
    return { ...receipt, doubtful: false };
  }
  try {
    const opened = unpadProof(await openSealed(b64(proof), mailboxSeed));
    return { ...receipt, proof: opened, doubtful: false };
  } catch (failure) {
    if (!(failure instanceof CryptoError)) {
      throw failure;
    }
    return { ...receipt, doubtful: true };
  }
}

/** A proof without its filling, in the one size that belongs to its length. */
function unpadProof(padded) {
  const proof = unpadFromMultiple(padded, PROOF_STEP);
  if (padded.length - proof.length >= PROOF_STEP + LENGTH_SIZE) {
    throw new MalformedPadding("the size is not that of a proof of this length");
  }
  return proof;
}

function checkRecord({ case: recipient, generation, signature }, keys, { installation }) {
  // The submitter's own word is on the first key; later ones take its place one after the other.
  if (generation !== 1) {
    throw new Problem("not-genuine");
  }
  const mailbox = mailboxId(keys.lookup);
  const record = { v: 1, installation, mailbox, generation, case: recipient, signature };
  checkMailbox(record, verifyKey(keys.signingSeed));
}

/** What is to be sealed to: the submitter's own recipient, or one that two readers signed. */
async function currentRecipient({ case: first, keyings, rosters }, keys, page) {
  try {
    const opened = await Promise.all(keyings.map((each) => openKeying(b64(each), keys.mailboxSeed)));
    const { installation } = page;
    return follow({ installation, first }, opened, (hash) => rosterNamed(hash, rosters, page));
  } catch (failure) {
    if (!(failure instanceof CryptoError || failure instanceof Problem)) {
      throw failure;
    }
    return null;
  }
}

async function openLetters(value, ofCase, keys, page) {
  const letters = [];
  let unchecked = 0;
  let head = { n: 0, digest: null };
  let epoch = 0;
  for (const { n, envelope } of value.letters) {
    const missing = n - head.n - 1;
    if (missing < 0) {
      unchecked += 1;
      continue;
    }
    unchecked += missing;
    // After a gap nobody knows which message came before.
    const before = { n: n - 1, digest: missing === 0 ? head.digest : undefined };
    try {
      const place = { installation: page.installation, caseId: ofCase, before };
      const letter = await openLetter(envelope, keys.mailboxSeed, place, value.rosters, page);
      // Who has left could have signed a letter under the roster in which they still were.
      if (letter.epoch < epoch) {
        throw new Problem("not-genuine");
      }
      epoch = letter.epoch;
      letters.push(letter);
      head = { n, digest: messageDigest(letter.message) };
    } catch (failure) {
      if (!(failure instanceof CryptoError || failure instanceof Problem)) {
        throw failure;
      }
      unchecked += 1;
      head = { n, digest: undefined };
    }
  }
  return { letters, unchecked };
}

async function openLetter(envelope, identity, { installation, caseId, before }, rosters, page) {
  const message = await openEnvelope(b64(envelope), identity);
  const digest = before.digest === undefined ? message.for.previous : before.digest;
  checkPlace(message, nextPlace(installation, caseId, { n: before.n, digest }), "committee");
  const roster = rosterNamed(message.roster, rosters, page);
  const from = roster.reader(signer(message, roster.verifyKeys)).title;
  return { message, from, epoch: roster.epoch };
}

/** The roster with this hash among those delivered, as the root key signed it. */
function rosterNamed(hash, rosters, page) {
  const bytes = Object.hasOwn(rosters ?? {}, hash) ? b64(rosters[hash]) : null;
  if (bytes === null || hashOf(bytes) !== hash) {
    throw new Problem("not-genuine");
  }
  return believed(bytes, page);
}
