/**
 * The committee's public key: one signed document that says who reads and who may be named.
 *
 * A page pins the root key; whoever seals takes recipients from a verified roster only.
 */

import { hashOf } from "./bytes.js";
import { Document, MAX_IDS, parseValue } from "./document.js";
import {
  MalformedNote,
  MalformedRoster,
  RosterExpired,
  RosterIsForDemo,
  RosterRolledBack,
} from "./errors.js";
import { ML_DSA_44, NoteKey } from "./notekey.js";
import { crockford } from "./receipt.js";
import { checkLine, LINK_KEYS, MAX_LINKS, signer } from "./roots.js";
import { checkDocument } from "./signing.js";
import { b64 } from "./strict.js";

const ROLES = ["chair", "member", "alternate", "counsel"];
export const LEAST_READERS = 2;
const MAX_NAME = 100;
const MAX_COMMITTEE_NAME = 200;
const MAX_STATEMENT_KEYS = 8;

const KEYS = [
  ...["v", "installation", "epoch", "demo", "issued_on", "expires_on", "committee", "readers"],
  ...["listed", "secretariat", "recovery", "routing", "statement_keys", "ledger_key", "previous"],
  "signature",
];
// Only a roster whose root key took the place of another one has these.
const ROOTS = "roots";
const LISTED_KEYS = ["id", "title", "name"];
const READER_KEYS = [...LISTED_KEYS, "role", "recipient", "verify_key"];

/** The first 100 bits of a hash in hexadecimal, as people read them aloud and compare. */
export function spoken(digest) {
  const bits = Array.from(digest.slice(0, 25), (digit) =>
    parseInt(digit, 16).toString(2).padStart(4, "0"),
  );
  return crockford(bits.join("")).match(/.{4}/g).join("-");
}

/** A roster as it was parsed. Only verifyRoster says that the root key signed it. */
export class Roster {
  constructor(value, bytes) {
    Object.assign(this, value);
    this.committee = value.committee.name;
    this.document = bytes;
  }

  /** The name of exactly this roster, signature included. */
  get hash() {
    return hashOf(this.document);
  }

  /** The first 100 bits of the hash, for people to compare aloud. */
  get fingerprint() {
    return spoken(this.hash);
  }

  /** How many stanzas every grant under this roster has. */
  get slots() {
    return this.readers.length;
  }

  /** The ids of everybody whom a submitter may name as involved. */
  get ids() {
    return [...this.readers, ...this.listed].map((person) => person.id);
  }

  /** The keys under which readers sign replies, states and notes, by their ids. */
  get verifyKeys() {
    return new Map(this.readers.map((reader) => [reader.id, b64(reader.verify_key)]));
  }

  /** The keys under which intake signs deposit statements. */
  get statementKeys() {
    return this.statement_keys.map(b64);
  }

  /** The key of the ledger's keeper, or null. */
  get ledgerKey() {
    return this.ledger_key === null ? null : NoteKey.parse(this.ledger_key);
  }

  /** The reader with this id, or undefined. */
  reader(id) {
    return this.readers.find((reader) => reader.id === id);
  }
}

/** The roster that these canonical bytes spell, whoever signed it. Raises MalformedRoster. */
export function parseRoster(bytes) {
  return read(parseValue(bytes, MalformedRoster), bytes);
}

/**
 * The roster in bytes, signed by the root key or by one that the roster's line leads to from it.
 *
 * Raises MalformedRoster or InvalidSignature.
 */
export function verifyRoster(bytes, rootKey) {
  const value = parseValue(bytes, MalformedRoster);
  const roster = read(value, bytes);
  checkDocument("roster", value, signer(value[ROOTS] ?? [], roster.installation, rootKey));
  return roster;
}

/**
 * Return if this roster may be used today, where this epoch is the highest seen so far.
 *
 * Raises RosterIsForDemo, RosterRolledBack or RosterExpired, in this order.
 */
export function checkCurrent(roster, today, highestEpoch, demoAllowed) {
  if (roster.demo && !demoAllowed) {
    throw new RosterIsForDemo("this roster was made for a demonstration");
  }
  if (roster.epoch < highestEpoch) {
    throw new RosterRolledBack("a newer roster has been seen already");
  }
  // Days are spelled so that their order is that of their text.
  if (!(roster.issued_on <= today && today <= roster.expires_on)) {
    throw new RosterExpired("this roster is not valid today");
  }
}

function read(value, bytes) {
  const hasRoots = typeof value === "object" && value !== null && Object.hasOwn(value, ROOTS);
  const document = new Document(value, hasRoots ? [...KEYS, ROOTS] : KEYS, MalformedRoster);
  document.version();
  document.installation();
  document.whole("epoch", 1);
  document.flag("demo");
  document.day("issued_on");
  document.day("expires_on");
  document.part("committee", ["name"]).line("name", MAX_COMMITTEE_NAME);
  document.parts("readers", MAX_IDS, READER_KEYS).forEach(checkReader);
  document.parts("listed", MAX_IDS, LISTED_KEYS).forEach(checkListed);
  document.recipient("secretariat");
  document.isNull("recovery") || document.recipient("recovery");
  document.recipient("routing");
  document.keys("statement_keys", MAX_STATEMENT_KEYS);
  document.isNull("ledger_key") || checkLedgerKey(document.text("ledger_key"));
  document.isNull("previous") || document.hash("previous");
  document.signature();
  if (hasRoots) {
    const parts = document.parts(ROOTS, MAX_LINKS, LINK_KEYS);
    checkLine(value[ROOTS], parts, value.epoch, value.previous);
  }
  const roster = new Roster(value, bytes);
  checkConsistency(roster);
  return roster;
}

function checkReader(part) {
  checkListed(part);
  part.choice("role", ROLES);
  part.recipient("recipient");
  part.key("verify_key");
}

function checkListed(part) {
  part.id();
  part.line("title", MAX_NAME);
  part.line("name", MAX_NAME);
}

function checkLedgerKey(text) {
  let key = null;
  try {
    key = NoteKey.parse(text);
  } catch (refused) {
    if (!(refused instanceof MalformedNote)) {
      throw refused;
    }
  }
  refuseUnless(key?.kind === ML_DSA_44, "ledger_key is not an ML-DSA-44 key");
}

function checkConsistency(roster) {
  const { readers, ids } = roster;
  const isUnique = (values) => new Set(values).size === values.length;
  refuseUnless(
    readers.length >= LEAST_READERS && ids.length <= MAX_IDS,
    "a roster has at least two readers and at most twenty people",
  );
  refuseUnless(isUnique(ids), "two people of the roster have the same id");
  // One key in two hands would make two signers or two readers of one person.
  const recovery = roster.recovery === null ? [] : [roster.recovery];
  const recipients = [roster.secretariat, roster.routing, ...recovery];
  refuseUnless(
    isUnique([...recipients, ...readers.map((reader) => reader.recipient)]) &&
      isUnique(readers.map((reader) => reader.verify_key)),
    "a key of the roster is used twice",
  );
  refuseUnless(
    readers.filter((reader) => reader.role === "chair").length <= 1,
    "a roster has one chair at most",
  );
  refuseUnless(
    roster.issued_on <= roster.expires_on,
    "a roster cannot expire before it is issued",
  );
  refuseUnless(
    (roster.epoch === 1) === (roster.previous === null),
    "the first roster, and only that, has none before it",
  );
}

function refuseUnless(held, why) {
  if (!held) {
    throw new MalformedRoster(why);
  }
}
