/**
 * What a submitter and the committee write to each other, and where each message belongs.
 *
 * A message is the plain object that its canonical JSON spells, with a signature. It names its
 * place (installation, case, position in its thread, the message before), so that a genuine
 * message shown in another case, as another kind or at another position is refused. Text is kept
 * exactly as it was written.
 */

import { openSealed, seal } from "./age.js";
import { checkBody } from "./answers.js";
import { hashOf } from "./bytes.js";
import { Document, parseValue, VERSION } from "./document.js";
import { InvalidSignature, MalformedMessage, TooLong, WrongPlace } from "./errors.js";
import { MESSAGE_LIMIT, padMessage, sliceCount, unpadMessage } from "./padding.js";
import {
  checkCase as checkCaseSignature,
  checkDocument,
  signCase,
  signDocument,
  verifyKey,
} from "./signing.js";
import { b64, canonical, toB64 } from "./strict.js";

const MAX_ATTACHMENTS = 100;
const MAX_ATTACHMENT_SIZE = 2 ** 40;
const MAX_NAME = 200;
const KEPT_ENDING = 49;
const MAX_TYPE = 100;
const SEALERS = ["browser", "server"];

const THREADS = {
  submission: "submitter",
  "follow-up": "submitter",
  reply: "committee",
  state: "committee",
  note: "notes",
};
const WITH_ATTACHMENTS = ["submission", "follow-up"];
const KEYS = ["v", "kind", "for", "roster", "on", "lang", "body", "sealed_in", "signature"];
const PLACE_KEYS = ["installation", "case", "n", "previous"];
const ATTACHMENT_KEYS = ["name", "type", "size", "first", "count", "sha256"];
const SUBMISSION_KEYS = ["excluded", "mailbox", "submitter_key", "case_signature"];
const LANGUAGE = /^[a-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$/;

/** The thread that messages of this kind belong to: submitter, committee or notes. */
export function thread(kind) {
  return THREADS[kind];
}

/** The place after a thread's head {n, digest}; without a head, the first. */
export function nextPlace(installation, caseId, head = { n: 0, digest: null }) {
  return { installation, case: caseId, n: head.n + 1, previous: head.digest };
}

/** The name of a file in the length that an attachment may have, its ending kept. */
export function fitName(name) {
  const symbols = Array.from(name);
  if (symbols.length <= MAX_NAME) {
    return name || "file";
  }
  const start = symbols.slice(0, MAX_NAME - KEPT_ENDING - 1);
  return [...start, "…", ...symbols.slice(-KEPT_ENDING)].join("");
}

/**
 * A signed message, read back as every reader will read it.
 *
 * fields are kind, place, roster, on, lang, body and sealed_in; attachments for a submission or a
 * follow-up; excluded and mailbox for a submission, whose submitter_key is the seed's. A
 * submission, and nothing else, is also signed with the seed of its case. Raises what parseMessage
 * raises, so that nothing is sent that its reader would refuse.
 */
export function buildMessage({ place, ...fields }, seed, caseSeed = null) {
  if ((fields.kind === "submission") !== (caseSeed !== null)) {
    throw new RangeError("a submission, and nothing else, is signed with the case seed too");
  }
  const unsigned = { v: VERSION, ...fields, for: place };
  if (fields.kind === "submission") {
    // The order in which boxes were ticked is nobody's business and would be a second form.
    unsigned.excluded = [...new Set(fields.excluded)].sort();
    unsigned.submitter_key = toB64(verifyKey(seed));
  }
  return parseMessage(signedBytes(unsigned, seed, caseSeed));
}

function signedBytes(unsigned, seed, caseSeed) {
  try {
    const whole = caseSeed === null ? unsigned : signCase(unsigned, caseSeed);
    return canonical(signDocument(whole.kind, whole, seed));
  } catch (failure) {
    if (failure instanceof TypeError) {
      throw new MalformedMessage("the message holds what JSON cannot say");
    }
    throw failure;
  }
}

/** The canonical bytes of a message. */
export function messageBytes(message) {
  return canonical(message);
}

/** The name by which the next message of the thread refers to this one. */
export function messageDigest(message) {
  return hashOf(messageBytes(message));
}

/** Return if this key, 32 bytes, signed the message. Raises InvalidSignature otherwise. */
export function checkMessage(message, key) {
  checkDocument(message.kind, message, key);
}

/**
 * Return if who made this submission knew the seed of its case. Raises InvalidSignature.
 *
 * The recipient of a case is public, and a submission brings its own key: without this, anybody
 * could seal another one in its place.
 */
export function checkCase({ signature: _, ...unsigned }, caseSeed) {
  checkCaseSignature(unsigned, caseSeed);
}

/** Whose of these keys (a Map by id) signed the message. Raises InvalidSignature if nobody's. */
export function signer(message, keys) {
  for (const [id, key] of keys) {
    try {
      checkMessage(message, key);
      return id;
    } catch (refused) {
      if (!(refused instanceof InvalidSignature)) {
        throw refused;
      }
    }
  }
  throw new InvalidSignature("none of the readers of the roster signed this");
}

/** Return if the message belongs at this place of this thread. Raises WrongPlace. */
export function checkPlace(message, expected, inThread) {
  const held = PLACE_KEYS.every((key) => message.for[key] === expected[key]);
  if (!held || thread(message.kind) !== inThread) {
    throw new WrongPlace("the message belongs to another place");
  }
}

/**
 * The message that these canonical bytes spell.
 *
 * A submission must also carry the signature of its own submitter key; that it belongs to the
 * case, only checkCase can tell. Raises MalformedMessage, TooLong or InvalidSignature.
 */
export function parseMessage(bytes) {
  const over = bytes.length - MESSAGE_LIMIT;
  if (over > 0) {
    throw new TooLong(`the message is ${over} bytes too long`, over);
  }
  const value = parseValue(bytes, MalformedMessage);
  const kind = value?.kind;
  if (typeof kind !== "string" || !Object.hasOwn(THREADS, kind)) {
    throw new MalformedMessage("kind is not one of the kinds of messages");
  }
  check(kind, new Document(value, keysOf(kind), MalformedMessage));
  if (kind === "submission") {
    checkMessage(value, b64(value.submitter_key));
  }
  return value;
}

function keysOf(kind) {
  return [
    ...KEYS,
    ...(WITH_ATTACHMENTS.includes(kind) ? ["attachments"] : []),
    ...(kind === "submission" ? SUBMISSION_KEYS : []),
  ];
}

function check(kind, document) {
  document.version();
  document.matching("lang", LANGUAGE, "a language tag");
  checkOwnPlace(kind, document.part("for", PLACE_KEYS));
  document.hash("roster");
  document.day("on");
  checkBody(kind, document);
  document.choice("sealed_in", SEALERS);
  document.signature();
  if (WITH_ATTACHMENTS.includes(kind)) {
    checkAttachments(document.parts("attachments", MAX_ATTACHMENTS, ATTACHMENT_KEYS));
  }
  if (kind === "submission") {
    document.ids("excluded");
    document.recipient("mailbox");
    document.key("submitter_key");
    document.signature("case_signature");
  }
}

function checkOwnPlace(kind, part) {
  part.installation();
  part.hash("case");
  const first = part.whole("n", 1) === 1;
  if (!part.isNull("previous")) {
    part.hash("previous");
  }
  if (first !== part.isNull("previous")) {
    throw new MalformedMessage("the first message of a thread, and only that, has none before it");
  }
  if (thread(kind) === "submitter" && first !== (kind === "submission")) {
    throw new MalformedMessage("a submitter's thread begins with the submission");
  }
}

function checkAttachments(parts) {
  let position = 0;
  for (const part of parts) {
    part.text("name", MAX_NAME, 1);
    part.text("type", MAX_TYPE);
    part.hash("sha256");
    const size = part.whole("size");
    // The limit comes first: it bounds what a reader allocates for a size that is a lie.
    if (size > MAX_ATTACHMENT_SIZE || part.whole("first") !== position) {
      throw new MalformedMessage("the slices of attachments follow each other");
    }
    const count = part.whole("count", 1);
    if (count !== sliceCount(size)) {
      throw new MalformedMessage("count is not the number of slices of this size");
    }
    position += count;
  }
}

/** The envelope of a signed message, of one of three sizes. */
export function sealMessage(message, recipient) {
  return seal(padMessage(messageBytes(message)), [recipient]);
}

/** The message in an envelope. Its signature and its place are still to be checked. */
export async function openEnvelope(sealed, identity) {
  return parseMessage(unpadMessage(await openSealed(sealed, identity)));
}
