/**
 * Whether an opened message is what the server's entry says it is, and who it is from.
 *
 * The server keeps envelopes it cannot open, so all it can do is move, repeat, hide or relabel
 * them. Every message names its place and is signed; here both are held against where the server
 * shows it. What does not agree is never shown as content.
 */

import {
  CryptoError,
  InvalidSignature,
  WrongIdentity,
} from "../../../crypto/browser/src/errors.js";
import {
  checkCase,
  checkMessage,
  messageDigest,
  thread,
} from "../../../crypto/browser/src/message.js";
import { b64 } from "../../../crypto/browser/src/strict.js";
import { maySign, shareFor } from "./signers.js";

/**
 * @typedef {object} Line one entry of the manifest
 * @property {string} thread
 * @property {string} kind
 * @property {number} n
 * @property {string|null} by
 * @property {string} digest
 * @property {string} url
 * @property {string|null} upload
 *
 * @typedef {object} Known what the thread is held against
 * @property {string} installation
 * @property {string} case
 * @property {Map<number, Uint8Array>} seeds of the case, to which the grant led
 * @property {{generation: number, readers: string[]}[]} changes later keys, as two readers signed
 * @property {Map<string, any>} rosters verified, by hash
 * @property {any|null} submission the submission, once it checked
 * @property {import("./journal.js").Shared[]} [shares] with whom it is or was shared, once known
 *
 * @typedef {{n: number, digest: string}|null} Head the last message of the thread that checked
 */

/** An entry that is not to be shown as content; `word` names the page's reason. */
export class Trouble extends Error {
  name = "Trouble";

  /** @param {string} word */
  constructor(word) {
    super(word);
    this.word = word;
  }
}

/**
 * Who the message is from, once everything about it agrees; throws Trouble otherwise.
 *
 * @param {Line} line
 * @param {any} message
 * @param {Head} head
 * @param {Known} known
 * @param {number} [generation] whose key opened it
 * @returns {any} the reader of the roster or whom the case was shared with, null for the submitter
 */
export function check(line, message, head, known, generation = 1) {
  checkLabel(line, message);
  checkPlace(message, head, known);
  if (messageDigest(message) !== line.digest) {
    throw new Trouble("trouble-digest");
  }
  const roster = known.rosters.get(message.roster);
  if (roster === undefined) {
    throw new Trouble("trouble-roster");
  }
  return signerOf(line, message, roster, known, generation);
}

/** @param {Line} line @param {any} message */
function checkLabel(line, message) {
  if (message.kind !== line.kind || thread(message.kind) !== line.thread) {
    throw new Trouble("trouble-kind");
  }
  if (message.for.n !== line.n) {
    throw new Trouble("trouble-place");
  }
}

/**
 * After a message that did not check, the next one cannot be held against it; it is still bound
 * to this case, its number and its signer, and the page shows that something is missing before.
 *
 * @param {any} message
 * @param {Head} head
 * @param {Known} known
 */
function checkPlace(message, head, known) {
  const place = message.for;
  const here = place.installation === known.installation && place.case === known.case;
  const last = head ?? { n: 0, digest: null };
  const next = place.n === last.n + 1;
  if (!here || place.n <= last.n || (next && place.previous !== last.digest)) {
    throw new Trouble("trouble-place");
  }
}

/** @param {Line} line @param {any} message @param {any} roster @param {Known} known @param {number} generation */
function signerOf(line, message, roster, known, generation) {
  if (line.thread === "submitter") {
    // The first message brings its own key, and the case's recipient is public: that it is the
    // message with which this case began, only the signature made with the case seed says.
    if (message.kind === "submission") {
      checkCase(message, known.seeds.get(1));
    }
    const submission = message.kind === "submission" ? message : known.submission;
    if (submission === null) {
      throw new Trouble("trouble-signature");
    }
    checkMessage(message, b64(submission.submitter_key));
    return null;
  }
  const reader = roster.reader(line.by);
  if (reader === undefined) {
    return investigatorIn(line, message, known, generation);
  }
  checkMessage(message, b64(reader.verify_key));
  const { submission } = known;
  const first = submission === null ? undefined : known.rosters.get(submission.roster);
  if (first === undefined || !maySign(reader.id, roster, submission, first, known.changes)) {
    throw new Trouble("trouble-excluded");
  }
  return reader;
}

/**
 * Whoever a case is shared with writes notes and nothing else, while the key of their share is the
 * one that is sealed to, and signs by the key that two readers signed into the share.
 *
 * @param {Line} line @param {any} message @param {Known} known @param {number} generation
 */
function investigatorIn(line, message, known, generation) {
  const share = shareFor(String(line.by), generation, known.shares ?? []);
  if (share === undefined || message.kind !== "note") {
    throw new Trouble("trouble-signer");
  }
  checkMessage(message, share.verifyKey);
  return share.reader;
}

/**
 * The page's word for what went wrong with an entry; what is none of our errors is thrown on.
 *
 * @param {unknown} refused
 * @returns {string}
 */
export function wordFor(refused) {
  if (refused instanceof Trouble) {
    return refused.word;
  }
  if (!(refused instanceof CryptoError)) {
    throw refused;
  }
  if (refused instanceof WrongIdentity) {
    return "trouble-other-key";
  }
  return refused instanceof InvalidSignature ? "trouble-signature" : "trouble-damaged";
}
