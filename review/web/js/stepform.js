/**
 * What a person filled in for a step: coded values in clear for the act, all else to be sealed.
 */

import { stepText } from "./steptext.js";
import { NotSent } from "./writing.js";

/**
 * @param {HTMLFormElement} form
 * @returns {{clear: Record<string, string[]>, sealed: string, letter: string|null}}
 */
export function entered(form) {
  const clear = /** @type {Record<string, string[]>} */ ({});
  const coded = /** @type {Record<string, string>} */ ({});
  const texts = /** @type {Record<string, string>} */ ({});
  for (const field of form.querySelectorAll("[data-field]")) {
    const { field: name = "", kind = "", sealed, required } = /** @type {HTMLElement} */ (field).dataset;
    const values = valuesOf(field, kind);
    if (required !== undefined && values.length === 0) {
      throw new Unfilled(field);
    }
    if (sealed === undefined) {
      Object.assign(clear, values.length > 0 ? { [name]: values } : {});
    } else {
      (kind === "text" ? texts : coded)[name] = values[0] ?? "";
    }
  }
  return { clear, sealed: stepText(coded, texts), letter: letterOf(form) };
}

/** A field that was left out; the page leads the person there. */
export class Unfilled extends NotSent {
  /** @param {Element} field */
  constructor(field) {
    super("step-unfilled");
    this.label = field.querySelector("legend, label")?.firstChild?.textContent?.trim() ?? "";
    this.place = /** @type {HTMLElement|null} */ (field.querySelector("input, select, textarea"));
  }
}

/** @param {Element} field @param {string} kind @returns {string[]} */
function valuesOf(field, kind) {
  const controls = [...field.querySelectorAll("input, select, textarea")];
  if (kind === "many") {
    return controls.filter((box) => box.checked).map((box) => box.value);
  }
  if (kind === "outcomes") {
    const chosen = controls.filter((one) => one.value !== "");
    const first = controls[0]?.value ?? "";
    return first === "" ? [] : chosen.map((one) => `${one.dataset.subject}=${one.value}`);
  }
  const text = (controls[0]?.value ?? "").replace(/\r\n?/g, "\n");
  if (kind === "code" && !controls[0]?.checkValidity()) {
    throw new Unfilled(field);
  }
  return text.trim() === "" ? [] : [text];
}

/** @param {HTMLFormElement} form */
function letterOf(form) {
  const field = form.querySelector("textarea[data-letter]");
  if (!(field instanceof HTMLTextAreaElement)) {
    return null;
  }
  const text = field.value.replace(/\r\n?/g, "\n");
  if (text.trim() === "") {
    throw new NotSent("sent-empty");
  }
  return text;
}
