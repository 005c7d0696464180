/**
 * The reader's identity, in one variable of this tab, from unlocking until locking.
 *
 * It is never written anywhere else: not to a storage, an address, a form field or a request. The
 * server keeps only the sealed file; the passphrase that opens it is read from its field and the
 * field is emptied at once.
 */

import {
  openWithPassphrase,
  recipientFromSeed,
  seedOf,
} from "../../../crypto/browser/src/age.js";

/** The page's word for why a key was not accepted. */
export class KeyRefused extends Error {
  name = "KeyRefused";

  /** @param {string} word */
  constructor(word) {
    super(word);
    this.word = word;
  }
}

/** @type {{seed: Uint8Array, recipient: string}|null} */
let held = null;

/** The seed of the unlocked identity, or null while locked. @returns {Uint8Array|null} */
export function identitySeed() {
  return held === null ? null : held.seed;
}

/** The recipient of the unlocked identity, or null while locked. @returns {string|null} */
export function ownRecipient() {
  return held === null ? null : held.recipient;
}

/**
 * Hold the identity in this file if the passphrase opens it and the roster names it.
 *
 * Throws KeyRefused for an identity that is not this person's on the roster: sealing a reply with
 * it would be refused by every reader, and a server could have put it there. Throws
 * WrongPassphrase when the file stays shut.
 *
 * @param {Uint8Array} file the sealed identity file
 * @param {string} passphrase
 * @param {string} person roster id
 * @param {{readers: readonly {id: string, recipient: string}[]}} roster verified
 */
export async function unlock(file, passphrase, person, roster) {
  const seed = seedIn(await openWithPassphrase(file, tidy(passphrase)));
  const reader = roster.readers.find((each) => each.id === person);
  const recipient = await recipientFromSeed(seed);
  if (reader === undefined || reader.recipient !== recipient) {
    seed.fill(0);
    throw new KeyRefused("not-your-key");
  }
  held = { seed, recipient };
}

/** Forget the identity: overwrite what can be, and leave the rest to the garbage collector. */
export function forget() {
  held?.seed.fill(0);
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
  const text = new TextDecoder("utf-8", { fatal: true }).decode(opened);
  const lines = text.split("\n").map((line) => line.trim());
  const identities = lines.filter((line) => line !== "" && !line.startsWith("#"));
  opened.fill(0);
  if (identities.length !== 1) {
    throw new KeyRefused("not-your-key");
  }
  return seedOf(identities[0]);
}
