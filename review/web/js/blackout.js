/** A passage of a text under a mark of one length, which says nothing of what it covers. */

export const MARK = "█████";
const BLOCK = MARK[0];

/**
 * The text with a passage under one mark, and where the mark ends.
 *
 * Marks that the passage touches go into it: two beside each other would tell of a gap.
 *
 * @param {string} text @param {number} start @param {number} end
 * @returns {{text: string, end: number}}
 */
export function blackOut(text, start, end) {
  let [from, to] = [Math.min(start, end), Math.max(start, end)];
  while (from > 0 && (text[from - 1] === BLOCK || isHalf(text, from))) {
    from -= 1;
  }
  while (to < text.length && (text[to] === BLOCK || isHalf(text, to))) {
    to += 1;
  }
  return { text: text.slice(0, from) + MARK + text.slice(to), end: from + MARK.length };
}

/** Whether this place is in the middle of a sign, half of which would stay. */
function isHalf(text, at) {
  return at > 0 && /[\uDC00-\uDFFF]/.test(text[at] ?? "") && /[\uD800-\uDBFF]/.test(text[at - 1]);
}
