/**
 * What a proof shows the person who holds its receipt code, or why it shows nothing.
 *
 * The service that hands out proof, statement and rosters is not believed: a roster counts only
 * with the root key's signature, the ledger's keeper only by the key that such a roster names, the
 * entry only if its subject is this case.
 */

import { checkKeeper } from "../../../crypto/browser/src/cosignature.js";
import { checkEntryCase, parseEntry } from "../../../crypto/browser/src/entry.js";
import { CryptoError, Malformed, UnknownLedger, WrongPlace } from "../../../crypto/browser/src/errors.js";
import { verifyRoster } from "../../../crypto/browser/src/roster.js";
import { checkPromised, verifyStatement } from "../../../crypto/browser/src/statement.js";
import { checkInclusion, parseProof } from "../../../crypto/browser/src/tlogproof.js";

/** Every reason that an answer can give; the page has a sentence for each. */
export const REASONS = ["malformed", "other", "ledger", "keeper", "statement"];

// The last second of the year 9999, after which days have another spelling.
const LAST_SECOND = 253402300799n;

class Refused extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * Whether the proof holds for something of this kind that was sent to this case.
 *
 * Gives {holds: true, on, index, size, origin, at, cosigned, keeper}: the entry's day; its index
 * from 0 on in a ledger of so many entries with this origin; the keeper "checked", with the day at
 * on which the keeper says to have signed, or "unknown" when no roster names a key for this ledger,
 * with at null; and how many others say to have cosigned, which nobody can check here.
 *
 * Or {holds: false, reason}: "malformed" for what is no proof or no statement at all, "other" for
 * an entry of another case or kind, "ledger" when the entry is not in the ledger's tree, "keeper"
 * when the ledger's keeper has not signed that tree, "statement" when intake did not sign the
 * statement or promised something else by it.
 */
export function checkProof({ proof, statement, kind, caseId, rosters, rootKey, installation }) {
  try {
    const believed = believedRosters(rosters, rootKey, installation);
    const kept = as("malformed", () => parseProof(proof));
    const entry = as("malformed", () => parseEntry(kept.extra ?? new Uint8Array(0)));
    as("other", () => checkKind(entry, kind));
    as("other", () => checkEntryCase(entry, caseId));
    const head = as("ledger", () => checkInclusion(kept, kept.extra));
    const keeper = as("keeper", () => keeperOf(kept.note, believed));
    statement === null || as("statement", () => checkStatement(statement, entry, believed));
    const { origin, size } = head;
    const cosigned = kept.note.signatures.filter(({ name }) => name !== origin).length;
    const place = { index: Number(kept.index), size: Number(size), origin };
    return { holds: true, on: entry.on, ...place, cosigned, ...keeper };
  } catch (failure) {
    if (failure instanceof Refused) {
      return { holds: false, reason: failure.reason };
    }
    throw failure;
  }
}

/** What read gives; what it refuses is "malformed" if it is not well formed, or else for reason. */
function as(reason, read) {
  try {
    return read();
  } catch (refused) {
    if (refused instanceof CryptoError) {
      throw new Refused(refused instanceof Malformed ? "malformed" : reason);
    }
    throw refused;
  }
}

/** The rosters that the root key signed for this installation; others count for nothing. */
function believedRosters(rosters, rootKey, installation) {
  const believed = [];
  for (const bytes of rosters) {
    try {
      believed.push(verifyRoster(bytes, rootKey));
    } catch (refused) {
      if (!(refused instanceof CryptoError)) {
        throw refused;
      }
    }
  }
  return believed.filter((roster) => roster.installation === installation);
}

function checkKind(entry, kind) {
  if (entry.type !== kind) {
    throw new WrongPlace("the entry is of another kind");
  }
}

/** Whether the keeper whom a roster names has signed, and the day on which they say to have. */
function keeperOf(note, rosters) {
  const named = rosters.map((roster) => roster.ledgerKey).filter((key) => key !== null);
  const keys = [...new Map(named.map((key) => [key.text, key])).values()];
  try {
    return { keeper: "checked", at: dayOf(checkKeeper(note, keys).signedAt) };
  } catch (refused) {
    if (refused instanceof UnknownLedger) {
      return { keeper: "unknown", at: null };
    }
    throw refused;
  }
}

function dayOf(timestamp) {
  const isTold = timestamp > 0n && timestamp <= LAST_SECOND;
  return isTold ? new Date(Number(timestamp) * 1000).toISOString().slice(0, 10) : null;
}

function checkStatement(bytes, entry, rosters) {
  const keys = rosters.flatMap((roster) => roster.statementKeys);
  const statement = verifyStatement(bytes, keys);
  checkPromised(statement, entry);
  if (rosters.every((roster) => roster.installation !== statement.installation)) {
    throw new WrongPlace("the statement is of another installation");
  }
}
