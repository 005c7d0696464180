/**
 * The rosters that a case names, each believed only under the committee's root key.
 */

import { CryptoError } from "../../../crypto/browser/src/errors.js";
import { verifyRoster } from "../../../crypto/browser/src/roster.js";
import { b64 } from "../../../crypto/browser/src/strict.js";

/** @typedef {ReturnType<typeof verifyRoster>} Roster */

/**
 * The rosters that verify, by their hash; those that do not are left out.
 *
 * The name under which the server lists a roster counts for nothing: a message finds a roster by
 * the hash of what was verified.
 *
 * @param {Record<string, string>} documents base64 by hash
 * @param {string} rootKey base64
 * @returns {Map<string, Roster>}
 */
export function verifiedRosters(documents, rootKey) {
  const found = new Map();
  const key = b64(rootKey);
  for (const document of Object.values(documents)) {
    try {
      const roster = verifyRoster(b64(document), key);
      found.set(roster.hash, roster);
    } catch (refused) {
      if (!(refused instanceof CryptoError)) {
        throw refused;
      }
    }
  }
  return found;
}

/**
 * Whether the server's current roster is at least as new as every one that the case names.
 *
 * An older one could bring back a reader who has left, or hide one who has come.
 *
 * @param {Roster} current
 * @param {Map<string, Roster>} named
 */
export function isNewest(current, named) {
  return [...named.values()].every((roster) => roster.epoch <= current.epoch);
}
