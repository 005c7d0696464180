/**
 * What a leaf of the ledger says: one act, on one day, in canonical JSON, read strictly.
 *
 * A browser checks entries and makes none.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { join, toHex } from "./bytes.js";
import { Document, parseValue } from "./document.js";
import { TYPES } from "./entrytypes.js";
import { MalformedEntry, WrongPlace, WrongText } from "./errors.js";
import { hexBytes } from "./strict.js";

const HASH_SIZE = 32;
const NONCE_SIZE = 32;
const SIZE_LIMIT = 1 << 14;
const MAX_ORIGIN = 255;
const CODE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;
const KEYS = [
  ...["v", "type", "on", "subject", "digest", "commitment", "by", "data", "previous"],
  "nonce",
];

const KINDS = {
  code: (part, key) => part.matching(key, CODE, "a coded value"),
  count: (part, key) => part.whole(key),
  day: (part, key) => part.day(key),
  hash: (part, key) => part.hash(key),
  origin: (part, key) => part.line(key, MAX_ORIGIN),
  person: (part, key) => part.id(key),
  signature: (part, key) => part.signature(key),
};

/** The entry that these canonical bytes spell, with its fields as written; or MalformedEntry. */
export function parseEntry(bytes) {
  refuseUnless(bytes.length <= SIZE_LIMIT, "too long for an entry");
  const value = parseValue(bytes, MalformedEntry);
  const document = new Document(value, KEYS, MalformedEntry);
  document.version();
  const kind = TYPES.get(document.text("type"));
  refuseUnless(kind !== undefined, "an entry of a type that is not known here");
  document.day("on");
  document.hash("nonce");
  for (const key of ["subject", "digest", "commitment"]) {
    filled(document, key, kind) && document.hash(key);
  }
  filled(document, "by", kind) && document.id("by");
  checkData(document, kind);
  if (!document.isNull("previous")) {
    refuseUnless(!document.isNull("subject"), "what is about no case follows none");
    document.hash("previous");
  }
  return value;
}

/** Whether the field is there, as the type has it. */
function filled(document, key, { name, required, known }) {
  const isThere = !document.isNull(key);
  refuseUnless(isThere || !required.includes(key), `${name} without ${key}`);
  refuseUnless(!isThere || known.includes(key), `${name} with ${key}`);
  return isThere;
}

function checkData(document, { data }) {
  const part = document.part("data", data.map(([key]) => key));
  for (const [key, spelled] of data) {
    if (!(spelled.endsWith("?") && part.isNull(key))) {
      KINDS[spelled.replace("?", "")](part, key);
    }
  }
}

/** Return if the entry is about the case with this id. Raises WrongPlace. */
export function checkEntryCase(entry, caseId) {
  if (entry.subject !== subjectOf(caseId, hexBytes(entry.nonce, NONCE_SIZE))) {
    throw new WrongPlace("the entry is about something else than this case");
  }
}

/** Return if the entry commits to this text under the nonce its sender kept; or WrongText. */
export function checkText(entry, nonce, text) {
  if (entry.commitment === null || entry.commitment !== commitmentOf(nonce, text)) {
    throw new WrongText("the text and nonce are not what the entry commits to");
  }
}

/** What an entry has for a case: the hash of the case's id and the entry's nonce. */
export function subjectOf(caseId, nonce) {
  return toHex(sha256(join(hexBytes(caseId, HASH_SIZE), nonce)));
}

/** What a sender tells of a message: the hash of a nonce of theirs and the canonical bytes. */
export function commitmentOf(nonce, text) {
  if (nonce.length !== NONCE_SIZE) {
    throw new RangeError("a commitment's nonce is 32 bytes");
  }
  return toHex(sha256(join(nonce, text)));
}

/** What the tally and the deposit statement have for a deposit, and its entry proves. */
export function tallyValue(digest, nonce) {
  if (nonce.length !== NONCE_SIZE) {
    throw new RangeError("an entry's nonce is 32 bytes");
  }
  return toHex(sha256(join(hexBytes(digest, HASH_SIZE), nonce)));
}

function refuseUnless(held, why) {
  if (!held) {
    throw new MalformedEntry(why);
  }
}
