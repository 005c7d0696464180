/**
 * Help with a letter to the submitter: a reply to begin with, and what should not be in it.
 *
 * The lint warns while somebody types and keeps nobody from sending: it finds phrases and does not
 * understand them. Every text is the page's own, or its tab's.
 */

import { word } from "./page.js";
import { impeding } from "./wording.js";

const PLACEHOLDER = /\[[^\]\n]{3,80}\]/gu;

/** Watch every letter of the page, whichever page comes. */
export function startReplying() {
  addEventListener("input", (event) => {
    const field = event.target;
    if (field instanceof HTMLTextAreaElement && field.dataset.lint !== undefined) {
      showFound(field);
    }
  });
  addEventListener("change", (event) => {
    const choice = event.target;
    if (choice instanceof HTMLSelectElement && choice.dataset.begin !== undefined) {
      begin(choice);
    }
  });
}

/**
 * The places that a reply to begin with leaves open, and that are still open in a text.
 *
 * @param {HTMLFormElement} form
 * @param {string} text
 */
export function leftOpen(form, text) {
  const known = [...form.querySelectorAll("option[data-text]")].flatMap(
    (option) => /** @type {HTMLElement} */ (option).dataset.text?.match(PLACEHOLDER) ?? [],
  );
  return known.filter((place) => text.includes(place));
}

/** Put the chosen reply into its field; what somebody has written stays. @param {HTMLSelectElement} choice */
function begin(choice) {
  const field = choice.form?.querySelector("textarea[data-lint]");
  const text = choice.selectedOptions[0]?.dataset.text ?? "";
  if (!(field instanceof HTMLTextAreaElement) || text === "") {
    return;
  }
  const all = [...choice.options].map((option) => option.dataset.text ?? "");
  const own = all.includes(field.value) ? "" : field.value.trim();
  field.value = own === "" ? text : `${text}\n\n${own}`;
  showFound(field);
  field.focus();
}

/** @param {HTMLTextAreaElement} field */
function showFound(field) {
  const place = field.closest("form")?.querySelector("[data-lint-found]");
  if (!(place instanceof HTMLElement)) {
    return;
  }
  const found = impeding(field.value);
  const said = new Map(found.map(({ words, says }) => [says, words]));
  const items = [...said].map(([says, words]) => {
    const item = document.createElement("li");
    item.textContent = word("lint-found", { words, says });
    return item;
  });
  const list = place.querySelector("ul");
  if (list !== null && list.textContent !== items.map((item) => item.textContent).join("")) {
    list.replaceChildren(...items);
  }
  place.hidden = items.length === 0;
}
