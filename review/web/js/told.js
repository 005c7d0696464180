/**
 * Signed acts on the page, in plain words and as text: rendered from the act itself, never from
 * what the server says of it.
 */

import { readStepText } from "./steptext.js";
import { isStep, wordsOf } from "./journal.js";
import { copyOf, fill, hasWord, shownDay, word } from "./page.js";

/** What has its own place, or is for the machine. */
const PLACED = new Set(["from", "to", "sealed", "letter", "retracted", "decider", "draw", "mark"]);
/** What an act about a key names by its hash, beside the people. */
const OF_KEYS = new Set(["recipient"]);
const HASH = /^[0-9a-f]{64}$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

/**
 * @param {import("./journal.js").Signed} signed
 * @param {import("./casefile.js").CaseFile} file
 * @returns {HTMLElement}
 */
export function actElement(signed, file) {
  const element = copyOf("act-template");
  const { act, signers, trouble } = signed;
  if (act === null || trouble !== "") {
    element.classList.add("warning");
    element.setAttribute("role", "alert");
    fill(element, "data-title", word("act-doubt"));
    fill(element, "data-text", word(trouble));
    return element;
  }
  fill(element, "data-title", titleOf(act));
  fill(element, "data-day", shownDay(act.on));
  fill(element, "data-by", signers.map((one) => word("by-reader", one)).join("; "));
  element.querySelector("[data-facts]")?.append(...factsOf(act, file));
  return element;
}

/** What was done, in a few words. */
export function titleOf(act) {
  return hasWord(`did-${act.act}`) ? word(`did-${act.act}`) : word("did-other", { act: act.act });
}

/** Everything that an act says: its coded values, and what was sealed with it. @returns {HTMLElement[]} */
export function factsOf(act, file) {
  const clear = Object.keys(act.data)
    .filter((name) => !PLACED.has(name))
    .filter((name) => isStep(act) || (hasWord(`field-${name}`) && !OF_KEYS.has(name)))
    .flatMap((name) => {
      const text = wordsOf(act, name).map((value) => valueOf(name, value, file)).join("; ");
      return text === "" ? [] : pair(labelOf(name), text);
    });
  return [...clear, ...wordsOf(act, "sealed").flatMap((digest) => sealedFacts(digest, file))];
}

/** The note that was sealed with an act, or null where it is not there or does not check. */
export function sealedWith(act, file) {
  const [digest] = wordsOf(act, "sealed");
  return file.entries.find(({ line, message }) => line.digest === digest && message?.kind === "note");
}

function sealedFacts(digest, file) {
  const note = file.entries.find(({ line }) => line.digest === digest)?.message;
  if (note?.kind !== "note") {
    return pair(labelOf("sealed"), word("act-note-missing"));
  }
  const { coded, texts } = readStepText(note.body.text);
  return [
    ...coded.flatMap(([name, value]) => pair(labelOf(name), valueOf(name, value, file))),
    ...texts.flatMap(([name, text]) => pair(labelOf(name === "" ? "note" : name), text)),
  ];
}

function labelOf(name) {
  return hasWord(`field-${name}`) ? word(`field-${name}`) : name;
}

/** A coded value in words; what has none is shown as it stands. */
function valueOf(name, value, file) {
  if (name === "outcomes") {
    const [subject, outcome] = value.split("=");
    return word("subject-outcome", { n: subject.slice(1), outcome: codeWord(outcome ?? "") });
  }
  if (HASH.test(value)) {
    return `${value.slice(0, 4)} ${value.slice(4, 8)}`;
  }
  if (DAY.test(value)) {
    return shownDay(value);
  }
  const person = file.readers.get(value);
  return person === undefined ? codeWord(value) : word("by-reader", person);
}

function codeWord(value) {
  return hasWord(`code-${value}`) ? word(`code-${value}`) : value;
}

function pair(label, text) {
  const [term, description] = ["dt", "dd"].map((name) => document.createElement(name));
  term.textContent = label;
  description.textContent = text;
  description.className = "opened-text";
  return [term, description];
}
