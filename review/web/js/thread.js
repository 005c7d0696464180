/**
 * An opened case on the page: every word of it as text, and a warning for all that did not check.
 *
 * Nothing here parses what a submitter wrote. A link in a text is letters; a picture in a text is
 * letters too.
 */

import { canPreview } from "./preview.js";
import { savedName, shownSize, shownType } from "./names.js";
import { copyOf, fill, frame, hasWord, language, shownDay, word } from "./page.js";
import { actElement, sealedWith } from "./told.js";
import { wordsOf } from "./journal.js";

const CODED = new Set(["kind", "relation", "ongoing", "reply_wanted", "state"]);
const QUESTIONS = /** @type {Record<string, string[]>} */ ({
  submission: [
    ...["what", "when", "where", "who", "how", "ongoing", "told", "hope"],
    ...["kind", "relation", "reply_wanted"],
  ],
  state: ["state", "next_on"],
});

/**
 * The elements that show a case, warnings first.
 *
 * @param {import("./casefile.js").CaseFile} file
 * @param {(act: "save"|"preview", entry: any, attachment: any, item: HTMLElement) => void} onFile
 * @returns {HTMLElement[]}
 */
export function elementsOf(file, onFile) {
  const warnings = file.gaps.map((gap) => warning(word("warning-title"), word("gap", gap)));
  if (file.state !== null) {
    const values = { coded: codedWord(file.state.coded), signed: word(`value-${file.state.signed}`) };
    warnings.unshift(warning(word("warning-title"), word("state-differs", values)));
  }
  if (file.exclusion !== null) {
    const names = (ids) => ids.map((id) => nameOf(id, file)).join("; ") || word("value-nobody");
    const values = { named: names(file.exclusion.named), hidden: names(file.exclusion.hidden) };
    warnings.unshift(warning(word("warning-title"), word("excluded-differs", values)));
  }
  if (file.entries.some((entry) => entry.late)) {
    warnings.unshift(warning(word("warning-title"), word("late-key")));
  }
  if (!file.journal.channelHolds) {
    warnings.unshift(warning(word("warning-title"), word("channel-differs")));
  }
  if (!file.journal.stageHolds) {
    const values = { stage: codedWord(file.journal.stage) };
    warnings.unshift(warning(word("warning-title"), word("stage-differs", values)));
  }
  return [...warnings, ...inDays(file, onFile)];
}

/**
 * One history: the messages in their order, and after those of a day what was signed on it. A note
 * that belongs to an act is shown with the act.
 */
function inDays(file, onFile) {
  const { acts } = file.journal;
  const proposed = file.journal.proposals;
  const own = new Set([...acts, ...proposed].flatMap(({ act }) => (act ? wordsOf(act, "sealed") : [])));
  const waiting = acts.map((one) => ({ day: one.act?.on ?? "", element: actElement(one, file) }));
  const found = [];
  let last = "";
  for (const entry of file.entries) {
    const day = entry.message?.on ?? last;
    last = day > last ? day : last;
    while (waiting.length > 0 && waiting[0].day < last) {
      found.push(waiting.shift()?.element);
    }
    if (entry.message === null) {
      found.push(troubled(entry));
    } else if (!(entry.message.kind === "note" && own.has(entry.line.digest))) {
      found.push(shown(entry, file, onFile));
    }
  }
  return /** @type {HTMLElement[]} */ ([...found, ...waiting.map(({ element }) => element)]);
}

/**
 * @param {string} title
 * @param {string} text
 * @returns {HTMLElement}
 */
export function warning(title, text) {
  const element = copyOf("warning-template");
  fill(element, "data-title", title);
  fill(element, "data-text", text);
  return element;
}

/** @param {import("./casefile.js").Entry} entry */
function troubled({ line, trouble }) {
  const where = word("trouble-line", { kind: String(line.kind), n: String(line.n) });
  return warning(word("trouble-title"), `${word(trouble)} ${where}`);
}

/**
 * @param {import("./casefile.js").Entry} entry
 * @param {import("./casefile.js").CaseFile} file
 * @param {any} onFile
 */
function shown(entry, file, onFile) {
  const { message, reader } = entry;
  const element = copyOf("message-template");
  element.dataset.kind = message.kind;
  fill(element, "data-title", word(`kind-${message.kind}`));
  fill(element, "data-day", shownDay(message.on));
  fill(element, "data-by", authorOf(entry, file));
  const recorded = message.kind === "submission" && file.journal.recorded !== null;
  const own = reader === null && !recorded;
  fill(element, "data-sealed-in", word(own ? `sealed-${message.sealed_in}` : "sealed-reader"));
  if (Object.hasOwn(QUESTIONS, message.kind)) {
    element.querySelector("[data-answers]")?.append(...answersOf(message, file));
    element.querySelector("[data-text]")?.remove();
  } else {
    fill(element, "data-text", message.body.text);
    element.querySelector("[data-answers]")?.remove();
  }
  listFiles(element, entry, onFile);
  if (message.kind === "note") {
    offerRetraction(element, entry, file);
  }
  return element;
}

/** Who wrote a message; of what somebody told, who wrote it down. */
function authorOf({ message, reader }, file) {
  const { recorded } = file.journal;
  if (message.kind === "submission" && recorded !== null) {
    return word("by-recorder", recorded.signers[0]);
  }
  return reader === null ? word("by-submitter") : word("by-reader", reader);
}

/** A note that was taken back stays, struck through and with the reason; one's own can be. */
function offerRetraction(element, entry, file) {
  const { n } = entry.line;
  const back = file.journal.acts.find(
    ({ act, trouble }) => trouble === "" && act?.act === "retract-a-note" && act.data.retracted === n,
  );
  if (back !== undefined) {
    element.classList.add("retracted");
    const reason = sealedWith(back.act, file)?.message.body.text.replace(/^== \w+\n/u, "") ?? "";
    const said = warningless(word("note-retracted", { day: shownDay(back.act.on), reason }));
    element.append(said);
  } else if (entry.reader?.id === frame().person) {
    const form = copyOf("retract-template");
    const inner = /** @type {HTMLFormElement} */ (form.querySelector("form"));
    inner.id = `retract-${n}`;
    inner.dataset.retracted = String(n);
    element.append(form);
  }
}

/** @param {string} text */
function warningless(text) {
  const element = document.createElement("p");
  element.className = "note-back";
  element.textContent = text;
  return element;
}

/**
 * The questions that were answered, with their answers.
 *
 * @param {any} message
 * @param {import("./casefile.js").CaseFile} file
 */
function answersOf(message, file) {
  const parts = QUESTIONS[message.kind].flatMap((name) => {
    const text = answer(name, message.body[name]);
    return text === "" ? [] : pair(word(`answer-${name}`), text);
  });
  if (message.kind === "submission") {
    const named = message.excluded.map((id) => nameOf(id, file)).join("; ");
    parts.push(...pair(word("answer-excluded"), named || word("value-nobody")));
  }
  return parts;
}

/** @param {string} name @param {string|boolean|null} value */
function answer(name, value) {
  if (name === "next_on") {
    return value === null ? word("value-no-date") : shownDay(String(value));
  }
  return CODED.has(name) ? word(`value-${value}`) : String(value);
}

/** The server's word for a state, as its own pages show it. @param {string} coded */
function codedWord(coded) {
  return hasWord(`stage-${coded}`) ? word(`stage-${coded}`) : coded;
}

/** @param {string} label @param {string} text */
function pair(label, text) {
  const [term, description] = ["dt", "dd"].map((name) => document.createElement(name));
  term.textContent = label;
  description.textContent = text;
  description.className = "opened-text";
  return [term, description];
}

/** The name that the submitter saw when choosing it. @param {string} id */
function nameOf(id, file) {
  const roster = file.rosters.get(file.submission.roster);
  const person = [...roster.readers, ...roster.listed].find((each) => each.id === id);
  return person === undefined ? id : word("by-reader", person);
}

/** @param {HTMLElement} element @param {import("./casefile.js").Entry} entry @param {any} onFile */
function listFiles(element, entry, onFile) {
  const list = /** @type {HTMLElement} */ (element.querySelector("[data-attachments]"));
  for (const attachment of entry.message.attachments ?? []) {
    const item = copyOf("attachment-template");
    const type = shownType(attachment.type);
    // The name shown is the name saved: what it hides would otherwise show only in the folder.
    for (const place of item.querySelectorAll("[data-name]")) {
      place.textContent = savedName(attachment.name);
    }
    fill(item, "data-type", type);
    fill(item, "data-size", shownSize(attachment.size, language()));
    const [save, preview] = ["save", "preview"].map((act) => item.querySelector(`[data-${act}]`));
    save?.addEventListener("click", () => onFile("save", entry, attachment, item));
    if (canPreview(type, attachment.size)) {
      preview?.addEventListener("click", () => onFile("preview", entry, attachment, item));
    } else {
      preview?.remove();
    }
    list.append(item);
    list.hidden = false;
  }
}
