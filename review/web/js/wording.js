/**
 * The wording lint of review/casework/wording.py in the browser: the same rules, the same answer.
 *
 * It reads what a member types and finds phrases that would keep somebody from going to the SEC. It
 * warns; it stops nobody. tests/vectors/wording.json holds what both must find.
 */

import document from "../../casework/wording.json" with { type: "json" };

const APOSTROPHES = /[\u2018\u2019\u02bc]/g;
const DASHES = /[\u2010\u2011]/g;
/** What both languages are told to take for a space, as their own lists differ. */
const SPACES = /[\t-\r\x20\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+/g;

const compiled = (patterns) => patterns.map((pattern) => new RegExp(pattern, "gu"));
const rules = document.rules.map(({ id, says, patterns }) => {
  return { rule: id, says, patterns: compiled(patterns) };
});
const cleared = compiled(document.cleared);

/** The text as the rules read it: lower case, straight apostrophes, single spaces. @param {string} text */
export function plain(text) {
  const straight = text.replace(APOSTROPHES, "'").replace(DASHES, "-").replaceAll("\u00ad", "");
  return straight.replace(SPACES, " ").replace(/^ | $/g, "").toLowerCase();
}

/**
 * Every phrase of a text that impedes, in the order of the rules; one for each rule and place.
 *
 * @param {string} text
 * @returns {{rule: string, words: string, says: string}[]}
 */
export function impeding(text) {
  // A full stop keeps what stood before and after apart.
  const left = cleared.reduce((rest, pattern) => rest.replace(pattern, " . "), plain(text));
  /** @type {Map<string, {rule: string, words: string, says: string}>} */
  const found = new Map();
  for (const { rule, says, patterns } of rules) {
    for (const match of patterns.flatMap((pattern) => [...left.matchAll(pattern)])) {
      const place = `${match.index} ${rule}`;
      if (!found.has(place)) {
        found.set(place, { rule, says, words: match[0].trim() });
      }
    }
  }
  return [...found.values()];
}
