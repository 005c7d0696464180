/**
 * Acts of weight, which people sign: a determination, a recusal, a change of a text.
 *
 * An act is one canonical document that names the one before it of the same subject, and carries no
 * signature itself, so that two people sign the very same bytes.
 */

import { hashOf, join, PREFIX, utf8 } from "./bytes.js";
import { Document, MAX_IDS, parseValue, VERSION } from "./document.js";
import { InvalidSignature, MalformedAct } from "./errors.js";
import { checkDocument, signDocument } from "./signing.js";
import { b64, canonical } from "./strict.js";

const KIND = "act";
const MAX_DATA = 40;
const MAX_LIST = 40;
const KEYS = ["v", "kind", "installation", "subject", "act", "data", "roster", "on", "previous"];
const SUBJECT = /^[a-z0-9][a-z0-9._/-]{0,99}$/;
const ACT = /^[a-z][a-z-]{0,39}$/;
const NAME = /^[a-z][a-z_]{0,31}$/;
const CODE = /^[A-Za-z0-9+/][A-Za-z0-9._:=+/-]{0,99}$/;

/**
 * The act with these fields: installation, subject, act, data, roster, on, previous.
 *
 * Raises MalformedAct.
 */
export function buildAct(fields) {
  return parseAct(canonical({ ...fields, v: VERSION, kind: KIND }));
}

/** The act that these canonical bytes spell, whoever signed it. Raises MalformedAct. */
export function parseAct(bytes) {
  const value = parseValue(bytes, MalformedAct);
  const document = new Document(value, KEYS, MalformedAct);
  document.version();
  document.choice("kind", [KIND]);
  document.installation();
  document.matching("subject", SUBJECT, "a coded name");
  document.matching("act", ACT, "a coded name");
  checkData(value.data);
  document.hash("roster");
  document.day("on");
  if (!document.isNull("previous")) {
    document.hash("previous");
  }
  return value;
}

function checkData(data) {
  const isObject = typeof data === "object" && data !== null && !Array.isArray(data);
  if (!isObject || Object.keys(data).length > MAX_DATA) {
    throw new MalformedAct(`data is not an object of at most ${MAX_DATA} values`);
  }
  for (const [name, value] of Object.entries(data)) {
    if (!NAME.test(name)) {
      throw new MalformedAct("a name in data is not one of ours");
    }
    const isList = Array.isArray(value) && value.length <= MAX_LIST && value.every(isCode);
    if (!isList && !isCode(value) && !isPlain(value)) {
      throw new MalformedAct("a value in data is not a coded one");
    }
  }
}

function isCode(value) {
  return typeof value === "string" && CODE.test(value);
}

/** Whether it is nothing, a yes or no, or a whole number that is not negative. */
function isPlain(value) {
  return value === null || typeof value === "boolean" || (Number.isSafeInteger(value) && value >= 0);
}

/** The name of exactly this act, by which the next one of its subject refers to it. */
export function actHash(act) {
  return hashOf(join(utf8(`${PREFIX}${KIND}\n`), canonical(act)));
}

/** What somebody adds to the act with the signing seed of their identity. */
export function signAct(act, by, seed) {
  return { by, signature: signDocument(KIND, act, seed).signature };
}

/** Return if this key signed the act. Raises InvalidSignature. */
export function checkAct(act, { signature }, key) {
  checkDocument(KIND, { ...act, signature }, key);
}

/**
 * The ids of who signed the act, all of them readers of the roster that it names, or among shared: a
 * Map of those with whom the act's case is shared, to the verify keys that their shares name.
 *
 * Raises InvalidSignature for another roster, for a signature that does not hold, for somebody who
 * is neither, and for two signatures by one person.
 */
export function checkSigners(act, signatures, roster, shared = new Map()) {
  if (act.roster !== roster.hash || act.installation !== roster.installation) {
    throw new InvalidSignature("the act names another roster");
  }
  const signers = new Set();
  for (const each of signatures) {
    const reader = roster.reader(each.by);
    const key = reader === undefined ? shared.get(each.by) : b64(reader.verify_key);
    if (signers.has(each.by) || key === undefined) {
      throw new InvalidSignature("the same person signed twice, or the roster does not list them");
    }
    checkAct(act, each, key);
    signers.add(each.by);
  }
  return signers;
}

/** The signatures in a canonical list: at least one, in the order of who made them. */
export function parseSignatures(bytes) {
  const values = parseValue(bytes, MalformedAct);
  if (!Array.isArray(values) || values.length < 1 || values.length > MAX_IDS) {
    throw new MalformedAct("not a list of signatures");
  }
  for (const [at, value] of values.entries()) {
    const part = new Document(value, ["by", "signature"], MalformedAct);
    part.id("by");
    part.signature();
    if (at > 0 && values[at - 1].by >= value.by) {
      throw new MalformedAct("the signatures are not in the order of who made them");
    }
  }
  return values;
}

/** The canonical list in which signatures travel. */
export function signaturesDocument(signatures) {
  const found = signatures.map(({ by, signature }) => ({ by, signature }));
  return canonical(found.sort((one, other) => (one.by < other.by ? -1 : 1)));
}
