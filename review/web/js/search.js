/**
 * Search over what is open in this tab. The words looked for go nowhere.
 *
 * Matches are marked by splitting text nodes; no markup is ever made from text.
 */

/**
 * The text in pieces, in order, each either a match or not.
 *
 * @param {string} text
 * @param {string} sought
 * @returns {{text: string, match: boolean}[]}
 */
export function pieces(text, sought) {
  if (sought === "") {
    return [{ text, match: false }];
  }
  const literal = sought.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  const found = [];
  let from = 0;
  for (const { 0: match, index } of text.matchAll(new RegExp(literal, "giu"))) {
    if (index > from) {
      found.push({ text: text.slice(from, index), match: false });
    }
    found.push({ text: match, match: true });
    from = index + match.length;
  }
  if (from < text.length) {
    found.push({ text: text.slice(from), match: false });
  }
  return found;
}

/**
 * Show only the messages that hold the words, with the matches marked; the number of messages.
 *
 * @param {HTMLElement} thread
 * @param {string} sought
 * @returns {number}
 */
export function searchIn(thread, sought) {
  let count = 0;
  for (const message of thread.querySelectorAll(".message")) {
    unmark(message);
    const matched = mark(message, sought.trim());
    const hit = sought.trim() === "" || matched;
    /** @type {HTMLElement} */ (message).hidden = !hit;
    if (hit) {
      count += 1;
    }
  }
  return count;
}

/** @param {Element} message */
function unmark(message) {
  for (const marked of message.querySelectorAll("mark")) {
    const parent = marked.parentNode;
    marked.replaceWith(...marked.childNodes);
    parent?.normalize();
  }
}

/** @param {Element} message @param {string} sought @returns {boolean} whether anything matched */
function mark(message, sought) {
  const texts = [...textsOf(message)];
  let any = false;
  for (const node of texts) {
    const parts = pieces(node.data, sought);
    if (!parts.some((part) => part.match)) {
      continue;
    }
    any = true;
    node.replaceWith(...parts.map((part) => (part.match ? marked(part.text) : part.text)));
  }
  return any;
}

/** @param {Element} message @returns {Generator<Text>} */
function* textsOf(message) {
  const walker = document.createTreeWalker(message, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = /** @type {Text} */ (walker.currentNode);
    if (node.parentElement?.closest("button") === null) {
      yield node;
    }
  }
}

/** @param {string} text */
function marked(text) {
  const element = document.createElement("mark");
  element.textContent = text;
  return element;
}
