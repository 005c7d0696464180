/**
 * A case shared with somebody who is no reader of the roster, as two of its readers signed it.
 *
 * The act names the public halves of that person's identity, so whoever checks what the person signs
 * later needs nothing but the acts of the case. A new key of the case ends every share.
 */

import { hashOf, toHex } from "./bytes.js";
import { caseId } from "./case.js";
import { Document } from "./document.js";
import { Malformed } from "./errors.js";
import { REKEY } from "./keying.js";
import { hexBytes } from "./strict.js";

export const SHARE = "share";
const DATA = ["generation", "grant", "person", "recipient", "verify_key"];

/** The data of an act that shares a case: the recipient as its text, verifyKey and grant as bytes. */
export function shareData({ person, recipient, verifyKey, generation, grant }) {
  return {
    person,
    generation,
    recipient: caseId(recipient),
    verify_key: toHex(verifyKey),
    grant: hashOf(grant),
  };
}

/** What an act says of a share, verifyKey in bytes. Raises Malformed for any other act. */
export function shareIn(act) {
  if (act.act !== SHARE) {
    throw new Malformed("the act shares nothing");
  }
  const data = new Document(act.data, DATA, Malformed);
  data.id("person");
  data.whole("generation", 1);
  ["recipient", "verify_key", "grant"].forEach((name) => data.hash(name));
  const { person, generation, recipient, grant, verify_key: key } = act.data;
  return { person, generation, recipient, grant, verifyKey: hexBytes(key, 32) };
}

/**
 * Whose signatures count beside the readers' after an act, by those that count before it: a Map of
 * people to verify keys. A share adds a person, a new key of the case leaves nobody. An act that
 * calls itself a share and is none adds nobody: that it is refused is for whoever checks it.
 */
export function keysAfter(keys, act) {
  if (act.act === REKEY) {
    return new Map();
  }
  if (act.act !== SHARE) {
    return new Map(keys);
  }
  try {
    const { person, verifyKey } = shareIn(act);
    return new Map([...keys, [person, verifyKey]]);
  } catch (refused) {
    if (!(refused instanceof Malformed)) {
      throw refused;
    }
    return new Map(keys);
  }
}
