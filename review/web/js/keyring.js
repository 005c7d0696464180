/**
 * The reader's identity, in one variable of this tab, from unlocking until locking.
 *
 * It is never written anywhere else: not to a storage, an address, a form field or a request. The
 * server keeps only the sealed file; the passphrase that opens it is read from its field and the
 * field is emptied at once.
 */

import {
  openSealed,
  openWithPassphrase,
  openWithPasskey,
  recipientFromSeed,
  seedOf,
} from "../../../crypto/browser/src/age.js";
import { memberSeed, verifyKey } from "../../../crypto/browser/src/signing.js";
import { toB64 } from "../../../crypto/browser/src/strict.js";

/** The page's word for why a key was not accepted. */
export class KeyRefused extends Error {
  name = "KeyRefused";

  /** @param {string} word */
  constructor(word) {
    super(word);
    this.word = word;
  }
}

/**
 * @typedef {object} Held
 * @property {Uint8Array} seed
 * @property {Uint8Array[]} former the keys that the person had before, newest first
 * @property {string} recipient
 * @property {AbortController} locking aborted when the identity is forgotten
 */

/** @type {Held|null} */
let held = null;
let attempts = 0;

/** The seed of the unlocked identity, or null while locked. @returns {Uint8Array|null} */
export function identitySeed() {
  return held === null ? null : held.seed;
}

/** The seeds of the keys that the person had before, for older cases. @returns {Uint8Array[]} */
export function formerSeeds() {
  return held === null ? [] : held.former;
}

/** The recipient of the unlocked identity, or null while locked. @returns {string|null} */
export function ownRecipient() {
  return held === null ? null : held.recipient;
}

/** Aborted by the lock that ends this unlocking; null while locked. @returns {AbortSignal|null} */
export function untilLocked() {
  return held === null ? null : held.locking.signal;
}

/**
 * A copy of the signing seed, or null while locked.
 *
 * Locking overwrites the identity under whoever waits for an answer, and zeros sign as well as any
 * other seed. Who signs takes this before waiting, asks untilLocked() after it, and overwrites it.
 *
 * @returns {Uint8Array|null}
 */
export function signingSeed() {
  return held === null ? null : memberSeed(held.seed);
}

/**
 * Hold the identity in this file if the passphrase opens it and the roster names it: as this
 * reader's, or as the secretariat's for somebody who is no reader. An investigator's key is on no
 * roster: that it is theirs says their passphrase, and two readers sign it into each share.
 *
 * Throws KeyRefused for an identity that is not this person's on the roster: sealing a reply with
 * it would be refused by every reader, and a server could have put it there. Throws
 * WrongPassphrase when the file stays shut.
 *
 * @param {Uint8Array} file the sealed identity file
 * @param {string} passphrase
 * @param {string} person roster id
 * @param {{readers: readonly {id: string, recipient: string, verify_key: string}[],
 *   secretariat: string}} roster verified
 * @param {boolean} [investigates]
 */
export async function unlock(file, passphrase, person, roster, investigates = false) {
  const opening = () => openWithPassphrase(file, tidy(passphrase));
  await hold(opening, person, roster, investigates);
}

/**
 * The same with a file that a passkey opens, whose text names it.
 *
 * @param {Uint8Array} file
 * @param {string} passkey
 * @param {string} person
 * @param {Parameters<typeof unlock>[3]} roster
 * @param {boolean} [investigates]
 */
export async function unlockByPasskey(file, passkey, person, roster, investigates = false) {
  await hold(() => openWithPasskey(file, passkey), person, roster, investigates);
}

/**
 * Hold the keys in this file too, which the person had before the one that is unlocked.
 *
 * @param {Uint8Array} file
 */
export async function addFormer(file) {
  const now = held;
  if (now !== null) {
    const seeds = seedsIn(await openSealed(file, now.seed));
    if (held === now) {
      now.former = seeds;
    }
  }
}

/**
 * @param {() => Promise<Uint8Array>} opening
 * @param {string} person
 * @param {Parameters<typeof unlock>[3]} roster
 * @param {boolean} investigates
 */
async function hold(opening, person, roster, investigates) {
  const attempt = (attempts += 1);
  const seed = seedIn(await opening());
  const reader = roster.readers.find((each) => each.id === person);
  const recipient = await recipientFromSeed(seed);
  const signs = toB64(verifyKey(memberSeed(seed)));
  const known =
    reader === undefined
      ? investigates || roster.secretariat === recipient
      : reader.recipient === recipient && reader.verify_key === signs;
  if (!known) {
    seed.fill(0);
    throw new KeyRefused("not-your-key");
  }
  if (attempt !== attempts) {
    seed.fill(0);
    throw new KeyRefused("locked-meanwhile");
  }
  held = { seed, former: [], recipient, locking: new AbortController() };
}

/** Forget the identity: overwrite what can be, and leave the rest to the garbage collector. */
export function forget() {
  attempts += 1;
  held?.locking.abort();
  held?.seed.fill(0);
  held?.former.forEach((seed) => seed.fill(0));
  held = null;
}

/** Words as they were made: single spaces, nothing around them. @param {string} passphrase */
function tidy(passphrase) {
  return passphrase.trim().replace(/\s+/g, " ").normalize("NFC");
}

/**
 * The seed in an age identity file: one identity, and lines of remarks.
 *
 * @param {Uint8Array} opened
 * @returns {Uint8Array}
 */
function seedIn(opened) {
  const seeds = seedsIn(opened);
  if (seeds.length !== 1) {
    throw new KeyRefused("not-your-key");
  }
  return seeds[0];
}

/** @param {Uint8Array} opened @returns {Uint8Array[]} */
function seedsIn(opened) {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(opened);
  const lines = text.split("\n").map((line) => line.trim());
  const identities = lines.filter((line) => line !== "" && !line.startsWith("#"));
  opened.fill(0);
  return identities.map(seedOf);
}
