/** What intake signs for a deposit that is not in the ledger yet: a deposit statement. */

import { Document, parseValue } from "./document.js";
import { tallyValue } from "./entry.js";
import { InvalidSignature, MalformedStatement, WrongPlace } from "./errors.js";
import { checkDocument } from "./signing.js";
import { hexBytes } from "./strict.js";

const KIND = "deposit-statement";
const KEYS = ["v", "installation", "on", "deposit", "signature"];
const RECEIPTS = ["submission.received", "follow-up.received"];
const NONCE_SIZE = 32;

/** The statement that these canonical bytes spell, whoever signed it; or MalformedStatement. */
export function parseStatement(bytes) {
  const value = parseValue(bytes, MalformedStatement);
  const document = new Document(value, KEYS, MalformedStatement);
  document.version();
  document.installation();
  document.day("on");
  document.hash("deposit");
  document.signature();
  return value;
}

/**
 * The statement in bytes, signed by one of a roster's statement keys.
 *
 * Raises MalformedStatement or InvalidSignature.
 */
export function verifyStatement(bytes, keys) {
  const statement = parseStatement(bytes);
  if (!keys.some((key) => isSignedBy(statement, key))) {
    throw new InvalidSignature("none of the roster's statement keys has signed this");
  }
  return statement;
}

function isSignedBy(statement, key) {
  try {
    checkDocument(KIND, statement, key);
    return true;
  } catch (refused) {
    if (refused instanceof InvalidSignature) {
      return false;
    }
    throw refused;
  }
}

/** Return if this entry is the receipt that the statement promises. Raises WrongPlace. */
export function checkPromised(statement, entry) {
  if (!RECEIPTS.includes(entry.type) || entry.digest === null) {
    throw new WrongPlace("the entry is of no deposit");
  }
  if (tallyValue(entry.digest, hexBytes(entry.nonce, NONCE_SIZE)) !== statement.deposit) {
    throw new WrongPlace("the entry is of another deposit than the statement");
  }
  if (entry.on !== statement.on) {
    throw new WrongPlace("the entry has another day than the statement");
  }
}
