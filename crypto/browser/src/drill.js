/**
 * The mark of a drill: what shows those who open a submission that it tries the line.
 *
 * The mark is sealed inside the submission, as the last line of what happened. It is signed with
 * the drill key over the case that it is sealed in, so that nobody else can make one, and a mark of
 * one case is none of another.
 */

import { Document, VERSION } from "./document.js";
import { MalformedMark } from "./errors.js";
import { checkDocument } from "./signing.js";
import { b64 } from "./strict.js";

const KIND = "drill";
const WORD = "underrose-drill";
const COUNT = 3;

/**
 * @typedef {object} Mark
 * @property {string} on the day of the drill
 * @property {string} key base64
 * @property {string} signature base64
 */

/** The mark that an act's values spell, whoever signed it. Raises MalformedMark. @returns {Mark} */
export function readMarkWords(words) {
  if (words.length !== COUNT) {
    throw new MalformedMark("the mark of a drill has a day, a key and a signature");
  }
  const [on, key, signature] = words;
  const mark = { on, key, signature };
  const document = new Document(mark, Object.keys(mark), MalformedMark);
  document.day("on");
  document.key("key");
  document.signature();
  return mark;
}

/** The mark that a line of text spells. Raises MalformedMark. @param {string} line */
export function parseMark(line) {
  const [word, ...words] = line.split(" ");
  if (word !== WORD) {
    throw new MalformedMark("the line is no mark of a drill");
  }
  return readMarkWords(words);
}

/** The mark in the last line of what happened, or null where that line is none. */
export function markIn(text) {
  try {
    return parseMark(text.slice(text.lastIndexOf("\n") + 1));
  } catch (refused) {
    if (!(refused instanceof MalformedMark)) {
      throw refused;
    }
    return null;
  }
}

/** The mark as the coded values of an act. @param {Mark} mark */
export function markWords({ on, key, signature }) {
  return [on, key, signature];
}

/**
 * Return if the mark's own key signed it for this case. Raises InvalidSignature.
 *
 * Whether that key is the installation's drill key, the caller has to know.
 *
 * @param {Mark} mark
 */
export function checkMark({ on, key, signature }, installation, caseId) {
  const document = { v: VERSION, kind: KIND, installation, case: caseId, on, key };
  checkDocument(KIND, { ...document, signature }, b64(key));
}
