/**
 * A case's later keys: what two readers sign when a case gets a new one, and the way back.
 *
 * A new generation is a new identity, granted to those who are to read from then on. Two of them
 * sign which recipient takes the place of which. A link, the seed of the generation before sealed to
 * the new recipient, leads back from every key to the first and never forward.
 */

import { checkSigners, parseAct, parseSignatures, signaturesDocument } from "./act.js";
import { openSealed, recipientFromSeed, seal, SEED_SIZE } from "./age.js";
import { hashOf } from "./bytes.js";
import { caseId } from "./case.js";
import { Document, parseValue, VERSION } from "./document.js";
import {
  InvalidSignature,
  Malformed,
  RosterRejected,
  RosterRolledBack,
  WrongPlace,
} from "./errors.js";
import { padMessage, unpadMessage } from "./padding.js";
import { LEAST_READERS } from "./roster.js";
import { canonical } from "./strict.js";

export const REKEY = "rekey";
const LEAST_SIGNERS = 2;
const KEYS = ["v", "recipient", "act", "signatures"];
const DATA = ["before", "generation", "grant", "link", "readers", "recipient"];

/** The data of an act that gives a case a key: recipients as texts, grant and link as bytes. */
export function rekeyData({ generation, recipient, before, grant, link, readers }) {
  return {
    generation,
    recipient: caseId(recipient),
    before: caseId(before),
    grant: hashOf(grant),
    link: hashOf(link),
    readers: [...new Set(readers)].sort(),
  };
}

/** What an act says of a new key, its data. Raises Malformed for any other act. */
export function changeIn(act) {
  if (act.act !== REKEY) {
    throw new Malformed("the act gives no key");
  }
  const data = new Document(act.data, DATA, Malformed);
  if (data.ids("readers").length < LEAST_READERS) {
    throw new Malformed("fewer than two people would read");
  }
  data.whole("generation", 2);
  ["recipient", "before", "grant", "link"].forEach((name) => data.hash(name));
  return act.data;
}

/**
 * What the act says of a new key, signed by two at least of those who will read.
 *
 * Raises Malformed or InvalidSignature.
 */
export function checkRekey(act, signatures, roster) {
  const change = changeIn(act);
  const signers = [...checkSigners(act, signatures, roster)];
  const known = change.readers.every((id) => roster.reader(id) !== undefined);
  if (!known || !signers.every((id) => change.readers.includes(id))) {
    throw new InvalidSignature("somebody signed or reads who is not among the readers");
  }
  if (signers.length < LEAST_SIGNERS) {
    throw new InvalidSignature("a new key takes two signatures");
  }
  return change;
}

/** The keying {recipient, act, signatures} that these canonical bytes spell. Raises Malformed. */
export function parseKeying(bytes) {
  const value = parseValue(bytes, Malformed);
  const document = new Document(value, KEYS, Malformed);
  document.version();
  document.recipient("recipient");
  const act = parseAct(canonical(value.act));
  parseSignatures(canonical(value.signatures));
  changeIn(act);
  return value;
}

/** The keying in an envelope for the mailbox. Raises Malformed and what openSealed raises. */
export async function openKeying(sealed, identity) {
  return parseKeying(unpadMessage(await openSealed(sealed, identity)));
}

/** The keying for the submitter, in the size of a short letter. */
export function sealKeying({ recipient, act, signatures }, mailbox) {
  const listed = parseValue(signaturesDocument(signatures), Malformed);
  const bytes = canonical({ v: VERSION, recipient, act, signatures: listed });
  parseKeying(bytes);
  return seal(padMessage(bytes), [mailbox]);
}

/**
 * The recipient that is sealed to now, from the first one of the case and what came after.
 *
 * Each keying takes the place of exactly the recipient before it, so none can be left out between
 * others, repeated, or taken from another case. findRoster gives undefined for a roster that there
 * is none of. Raises WrongPlace, InvalidSignature, Malformed, RosterRejected and RosterRolledBack.
 */
export function follow({ installation, first }, keyings, findRoster) {
  let [recipient, epoch] = [first, 0];
  keyings.forEach(({ recipient: next, act, signatures }, at) => {
    const roster = findRoster(act.roster);
    if (roster === undefined) {
      throw new RosterRejected("a new key names a roster that was never published");
    }
    if (roster.epoch < epoch) {
      throw new RosterRolledBack("a new key names an older roster than the key before it");
    }
    const change = checkRekey(act, signatures, roster);
    const isNext =
      act.installation === installation &&
      act.subject === caseId(first) &&
      change.generation === at + 2 &&
      change.before === caseId(recipient);
    if (!isNext) {
      throw new WrongPlace("a new key does not take the place of the one before");
    }
    if (change.recipient !== caseId(next)) {
      throw new WrongPlace("a new key is not the one that was signed");
    }
    [recipient, epoch] = [next, roster.epoch];
  });
  return recipient;
}

/** The seed of a generation for those who are granted the next one. */
export function sealLink(before, recipient) {
  if (before.length !== SEED_SIZE) {
    throw new RangeError("a case seed is 32 bytes");
  }
  return seal(before, [recipient]);
}

/** The seed of the generation before. Raises Malformed and what openSealed raises. */
export async function openLink(link, seed) {
  const before = await openSealed(link, seed);
  if (before.length !== SEED_SIZE) {
    throw new Malformed("a link holds a seed of 32 bytes");
  }
  return before;
}

/**
 * Return if the seed of each generation, a Map, is the one that was signed for it.
 *
 * recipients are the hashes of those of later generations; the first is named by the case. Raises
 * WrongPlace.
 */
export async function checkSeeds(ofCase, seeds, recipients) {
  for (const [generation, seed] of seeds) {
    const expected = generation === 1 ? ofCase : recipients.get(generation);
    if (caseId(await recipientFromSeed(seed)) !== expected) {
      throw new WrongPlace("a key of the case is not the one that was signed");
    }
  }
}
