/**
 * The keys of a case, from the newest that a reader was granted back to the first.
 *
 * The server lists later keys and keeps what is sealed; what is believed of them is what two
 * readers signed, and what every link opens to.
 */

import { parseAct } from "../../../crypto/browser/src/act.js";
import { recipientFromSeed } from "../../../crypto/browser/src/age.js";
import { utf8 } from "../../../crypto/browser/src/bytes.js";
import { caseId } from "../../../crypto/browser/src/case.js";
import { WrongPlace } from "../../../crypto/browser/src/errors.js";
import { checkSeeds, follow, openLink } from "../../../crypto/browser/src/keying.js";

/**
 * @typedef {object} Keys
 * @property {Map<number, Uint8Array>} seeds of every generation
 * @property {string} recipient of the newest
 * @property {{generation: number, on: string, readers: string[]}[]} changes later keys, in order
 */

/**
 * Every key of a case, checked. Throws a CryptoError for whatever does not agree.
 *
 * @param {string} id
 * @param {any} manifest
 * @param {Uint8Array} newest the seed that the reader's own grant gave
 * @param {{installation: string, rosters: Map<string, any>}} known
 * @param {(url: string) => Promise<Uint8Array>} fetchBytes
 * @returns {Promise<Keys>}
 */
export async function openedKeys(id, manifest, newest, { installation, rosters }, fetchBytes) {
  const listed = manifest.held.keys;
  const generation = listed.length + 1;
  const seeds = new Map([[generation, newest]]);
  for (let at = generation; at > 1; at -= 1) {
    const link = await fetchBytes(listed[at - 2].link);
    seeds.set(at - 1, await openLink(link, /** @type {Uint8Array} */ (seeds.get(at))));
  }
  const first = await recipientFromSeed(seeds.get(1));
  const keyings = listed.map(({ recipient, act, signatures }) => ({
    recipient,
    act: parseAct(utf8(act)),
    signatures,
  }));
  const recipient = follow({ installation, first }, keyings, (hash) => rosters.get(hash));
  const here = manifest.case === id && caseId(first) === id;
  const same = manifest.recipient === recipient && manifest.generation === generation;
  if (!here || !same) {
    throw new WrongPlace("the server names another key than its readers signed");
  }
  const changes = keyings.map(({ act: { data, on } }) => ({ ...data, on }));
  const signed = new Map(changes.map((each) => [each.generation, each.recipient]));
  await checkSeeds(id, seeds, signed);
  return { seeds, recipient, changes };
}

/**
 * Whether a message that an older key opens came after the next key was there: whoever lost the
 * case with the old key could read it.
 *
 * @param {any} message
 * @param {number} generation whose key opens it
 * @param {Keys["changes"]} changes
 */
export function isLate(message, generation, changes) {
  const next = changes.find((each) => each.generation === generation + 1);
  return next !== undefined && message.on > next.on;
}

/** Overwrite the keys of a case that is locked or left. @param {{seeds: Map<number, Uint8Array>}|null} file */
export function forgetKeys(file) {
  file?.seeds.forEach((seed) => seed.fill(0));
}
