/**
 * Who may write in a case: those whom its submission lets read it, and nobody whom it names.
 *
 * A grant is sealed, so which readers hold the case's key shows nowhere; the submission says whom
 * its sender meant. A reader of the roster who is not among them may have the signature and still
 * has no word here.
 */

import { chooseReaders } from "../../../crypto/browser/src/case.js";

/**
 * Whether this reader may sign a message of the committee in a case.
 *
 * Somebody whom only a later roster brings was not there to be chosen. Counsel reads a case only
 * when too few others can, and was chosen then.
 *
 * @param {string} id of the one who is said to have signed
 * @param {any} roster that the message names
 * @param {any} submission of the case
 * @param {any} first roster, which the submission names
 * @param {{readers: string[]}[]} [changes] later keys of the case
 */
export function maySign(id, roster, submission, first, changes = []) {
  if (submission.excluded.includes(id) || roster.epoch < first.epoch) {
    return false;
  }
  if (chooseReaders(first, submission.excluded).some((reader) => reader.id === id)) {
    return true;
  }
  // Whom two of the others granted a later key.
  if (changes.some(({ readers }) => readers.includes(id))) {
    return true;
  }
  const reader = roster.reader(id);
  return roster.epoch > first.epoch && reader !== undefined && reader.role !== "counsel";
}

/**
 * Somebody who is no reader of the roster, as those with whom a case is shared are shown: by what
 * the roster lists of them, or by their id alone.
 *
 * @param {string} id
 * @param {any} roster
 */
export function investigatorOf(id, roster) {
  const listed = roster.listed.find((each) => each.id === id) ?? { id, name: id, title: id };
  return { ...listed, role: "investigator" };
}

/**
 * The share by which somebody may add to what is sealed with a generation's key, or undefined.
 *
 * @param {string} id
 * @param {number} generation
 * @param {import("./journal.js").Shared[]} shares
 */
export function shareFor(id, generation, shares) {
  return shares.find((each) => each.person === id && each.generation === generation);
}
