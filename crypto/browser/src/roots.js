/**
 * How the committee's root key was replaced: each by the one before it, in one line.
 *
 * A roster whose root key is not the first carries every replacement, signed by the key that it
 * replaced for one roster after another; the new key signs that roster and those after it.
 */

import { same } from "./bytes.js";
import { InvalidSignature, MalformedRoster } from "./errors.js";
import { checkDocument } from "./signing.js";
import { b64 } from "./strict.js";

export const MAX_LINKS = 16;
export const LINK_KEYS = ["from", "to", "epoch", "previous", "signature"];

/**
 * Return if a roster's line of root keys is one. Raises MalformedRoster.
 *
 * @param {any[]} links as the roster has them
 * @param {any[]} parts the same as documents
 * @param {number} epoch of the roster
 * @param {string|null} previous
 */
export function checkLine(links, parts, epoch, previous) {
  for (const part of parts) {
    part.key("from");
    part.key("to");
    part.whole("epoch", 2);
    part.hash("previous");
    part.signature();
  }
  refuseUnless(links.length > 0, "roots is empty");
  const keys = [links[0].from, ...links.map((each) => each.to)];
  refuseUnless(
    links.every((each, at) => at === 0 || links[at - 1].to === each.from) &&
      new Set(keys).size === keys.length,
    "the root keys are not one line",
  );
  const last = links[links.length - 1];
  refuseUnless(
    links.every((each, at) => at === 0 || links[at - 1].epoch < each.epoch) && last.epoch <= epoch,
    "the root keys are not in the order of their rosters",
  );
  refuseUnless(
    last.epoch < epoch || last.previous === previous,
    "the root key was replaced after another roster",
  );
}

/**
 * The key that has to have signed a roster with this line, for who was set up with pinned.
 *
 * Raises InvalidSignature for a replacement that the key before did not sign, or a line in which the
 * pinned key is not.
 *
 * @param {any[]} links
 * @param {string} installation
 * @param {Uint8Array} pinned
 */
export function signer(links, installation, pinned) {
  if (links.length === 0) {
    return pinned;
  }
  for (const each of links) {
    checkDocument("root", { ...each, installation }, b64(each.from));
  }
  const keys = [links[0].from, ...links.map((each) => each.to)].map((each) => b64(each));
  if (!keys.some((each) => same(each, pinned))) {
    throw new InvalidSignature("the root key is not in the roster's line of root keys");
  }
  return keys[keys.length - 1];
}

function refuseUnless(held, why) {
  if (!held) {
    throw new MalformedRoster(why);
  }
}
