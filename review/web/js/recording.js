/**
 * The forms of the charter's book, checked while they are filled in.
 *
 * The server checks; this sends the form as its Check button would, and puts what came back where
 * the reader is: what would follow, what is wrong at each field, new empty rows, the buttons. No
 * field that is on the page is touched, so nothing typed can be lost. Without this script the
 * Check button does the same with a page of its own.
 */

import { parsePage } from "./navigation.js";
import { postForm } from "./requests.js";
import { markSent } from "./typed.js";

// Somebody who goes from field to field is answered once, when they stop.
const PAUSE = 250;

/** @type {AbortController|null} */
let check = null;
/** @type {ReturnType<typeof setTimeout>|undefined} */
let waiting;

/** Listen from now on to every form of the book that comes onto the page. */
export function startRecording() {
  addEventListener("change", (event) => {
    const form = event.target instanceof Element ? event.target.closest("form#record") : null;
    if (form instanceof HTMLFormElement && event.target instanceof HTMLElement) {
      event.target.closest("[data-input]")?.setAttribute("data-touched", "");
      clearTimeout(waiting);
      waiting = setTimeout(() => form.isConnected && void checkNow(form), PAUSE);
    }
  });
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form instanceof HTMLFormElement && form.matches("form.record") && !event.defaultPrevented) {
      clearTimeout(waiting);
      check?.abort();
      markSent(form);
    }
  });
  addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-print]") !== null) {
      print();
    }
  });
}

/**
 * Ask the server what would follow from the form as it is.
 *
 * @param {HTMLFormElement} form
 */
async function checkNow(form) {
  check?.abort();
  const mine = (check = new AbortController());
  const fields = new FormData(form);
  fields.set("do", "check");
  try {
    const page = parsePage(await postForm(form.getAttribute("action") ?? "", fields, mine.signal));
    const answer = page.querySelector("form#record");
    if (!mine.signal.aborted && form.isConnected && answer !== null) {
      takeOver(form, answer);
    }
  } catch {
    // The Check button is still there, and shows whatever stands in the way.
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {Element} answer
 */
function takeOver(form, answer) {
  addRows(form, answer);
  let missing = 0;
  for (const place of answer.querySelectorAll("[data-input]")) {
    const own = fieldOf(form, place.getAttribute("data-input") ?? "");
    if (own !== null) {
      missing += showWrong(own, place) ? 0 : 1;
    }
  }
  showTold(form, answer, missing);
  swapInside(form, answer, "record-buttons");
}

/**
 * Put the server's complaints at a field; not yet at one that nobody has come to.
 *
 * @param {Element} own
 * @param {Element} theirs
 * @returns {boolean} whether every complaint about it is shown
 */
function showWrong(own, theirs) {
  const [shown, found] = [own.querySelector(".wrong-list"), theirs.querySelector(".wrong-list")];
  if (shown === null || found === null) {
    return true;
  }
  const isWrong = found.childElementCount > 0;
  const isReached = own.hasAttribute("data-touched") || isFilled(own);
  shown.replaceChildren(...(isReached ? copies(found) : []));
  const marked = own.matches("fieldset") ? own : own.querySelector("[name]:not([type=hidden])");
  marked?.toggleAttribute("aria-invalid", false);
  if (isWrong && isReached) {
    marked?.setAttribute("aria-invalid", "true");
  }
  return !isWrong || isReached;
}

/** @param {Element} own */
function isFilled(own) {
  const fields = /** @type {NodeListOf<HTMLInputElement>} */ (
    own.querySelectorAll("[name]:not([type=hidden])")
  );
  return [...fields].some((each) =>
    each.type === "checkbox" ? each.checked : each.value.trim() !== "",
  );
}

/**
 * What would follow; while parts are only missing, nothing is called wrong.
 *
 * @param {HTMLFormElement} form
 * @param {Element} answer
 * @param {number} missing
 */
function showTold(form, answer, missing) {
  const isComplete = answer.querySelector("#record-buttons [value^=record]") !== null;
  if (isComplete || missing === 0) {
    swapInside(form, answer, "told");
  } else {
    form.querySelector("#told")?.replaceChildren();
  }
}

/**
 * Rows that the answer has and the form has not yet, each behind the one it follows there.
 *
 * @param {HTMLFormElement} form
 * @param {Element} answer
 */
function addRows(form, answer) {
  let before = null;
  for (const group of answer.querySelectorAll(".record-group")) {
    const own = [...form.querySelectorAll(".record-group")].find((each) => each.id === group.id);
    if (own === undefined && before !== null) {
      const added = document.importNode(group, true);
      before.after(added);
      before = added;
    } else if (own !== undefined) {
      before = own;
    }
  }
}

/** @param {Element} form @param {string} name */
function fieldOf(form, name) {
  const places = form.querySelectorAll("[data-input]");
  return [...places].find((each) => each.getAttribute("data-input") === name) ?? null;
}

/** @param {Element} form @param {Element} answer @param {string} id */
function swapInside(form, answer, id) {
  const [own, theirs] = [form.querySelector(`#${id}`), answer.querySelector(`#${id}`)];
  if (own !== null && theirs !== null && !own.isEqualNode(theirs)) {
    own.replaceChildren(...copies(theirs));
  }
}

/** @param {Element} element */
function copies(element) {
  return [...element.childNodes].map((node) => document.importNode(node, true));
}
