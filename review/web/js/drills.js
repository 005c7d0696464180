/**
 * Whether a case is a drill of the line: by the mark that is sealed inside its submission.
 *
 * Pure. The server is believed in nothing: an act that calls a case a drill holds only where the
 * submission, which its sender signed, has the very same mark.
 */

import { checkMark, markIn, markWords } from "../../../crypto/browser/src/drill.js";
import { InvalidSignature } from "../../../crypto/browser/src/errors.js";

/** The step by which a reader says so. */
export const MARK_DRILL = "mark-a-drill";

/**
 * The mark inside a case's submission that was made for this case, by whatever key; or null.
 *
 * @param {{id: string, installation: string, submission: any}} known
 */
export function markOf({ id, installation, submission }) {
  const mark = markIn(submission.body.what);
  if (mark === null) {
    return null;
  }
  try {
    checkMark(mark, installation, id);
    return mark;
  } catch (refused) {
    if (!(refused instanceof InvalidSignature)) {
      throw refused;
    }
    return null;
  }
}

/**
 * The words of the mark that a reader can sign: one of the installation's own drill key.
 *
 * @param {{id: string, installation: string, submission: any, drillKey: string}} known
 * @returns {string[]|null}
 */
export function drillOf({ drillKey, ...known }) {
  const mark = drillKey === "" ? null : markOf(known);
  return mark?.key === drillKey ? markWords(mark) : null;
}

/**
 * Whether the words of an act are the mark inside the submission.
 *
 * @param {string[]} words
 * @param {{id: string, installation: string, submission: any}} known
 */
export function isMarkOf(words, known) {
  const mark = markOf(known);
  return mark !== null && markWords(mark).join(" ") === words.join(" ");
}
