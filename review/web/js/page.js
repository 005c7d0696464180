/**
 * The page's frame: what the server says about this person, and every sentence the script shows.
 *
 * No sentence is written in a script. Words come from `<template id="words">`, which the page
 * carries, so that they can be read, translated and checked in one place.
 */

/**
 * @typedef {object} Frame
 * @property {string} person roster id, or "" where nobody is signed in
 * @property {string} csrf
 * @property {string} page
 * @property {string} today the installation's civil day
 * @property {string} installation
 * @property {string} rootKey base64
 * @property {string} drillKey base64, or "" where there are no drills
 * @property {boolean} investigates whether this person comes on no roster, and is shared cases
 * @property {number} idleMinutes
 */

/** What the server says in the attributes of body. @returns {Frame} */
export function frame() {
  const data = document.body.dataset;
  return {
    person: data.person ?? "",
    csrf: data.csrf ?? "",
    page: data.page ?? "",
    today: data.today ?? "",
    installation: data.installation ?? "",
    rootKey: data.rootKey ?? "",
    drillKey: data.drillKey ?? "",
    investigates: data.role === "investigator",
    idleMinutes: Number(data.idleMinutes ?? "15"),
  };
}

/**
 * The page's sentence of that name, with `{placeholders}` filled as text.
 *
 * @param {string} name
 * @param {Record<string, string|number>} [values]
 * @returns {string}
 */
export function word(name, values = {}) {
  const words = /** @type {HTMLTemplateElement} */ (document.getElementById("words"));
  const found = words.content.querySelector(`[data-word="${CSS.escape(name)}"]`);
  if (found === null) {
    throw new RangeError(`the page has no word ${name}`);
  }
  return (found.textContent ?? "").trim().replace(/\{(\w+)\}/g, (_, key) => String(values[key]));
}

/** Whether the page has a sentence of that name. @param {string} name */
export function hasWord(name) {
  const words = /** @type {HTMLTemplateElement} */ (document.getElementById("words"));
  return words.content.querySelector(`[data-word="${CSS.escape(name)}"]`) !== null;
}

/**
 * The page's sentence of that name as it stands there, with the link that it may end in.
 *
 * @param {string} name
 * @returns {DocumentFragment}
 */
export function leading(name) {
  const words = /** @type {HTMLTemplateElement} */ (document.getElementById("words"));
  const found = words.content.querySelector(`[data-word="${CSS.escape(name)}"]`);
  if (found === null) {
    throw new RangeError(`the page has no word ${name}`);
  }
  const copy = /** @type {Element} */ (document.importNode(found, true));
  const sentence = document.createDocumentFragment();
  sentence.append(...copy.childNodes);
  return sentence;
}

/**
 * A fresh copy of the one element in a template of the page.
 *
 * @param {string} id
 * @returns {HTMLElement}
 */
export function copyOf(id) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  const element = template.content.firstElementChild;
  return /** @type {HTMLElement} */ (document.importNode(/** @type {Element} */ (element), true));
}

/**
 * Put text, and only text, into the part of an element that carries this data attribute; or a
 * sentence of the page's own that leads somewhere.
 *
 * @param {HTMLElement} element
 * @param {string} part such as `data-day`
 * @param {string|DocumentFragment} text
 */
export function fill(element, part, text) {
  const place = element.querySelector(`[${part}]`);
  place?.replaceChildren(text);
}

/** Say a sentence to everyone, also to a screen reader. @param {string|DocumentFragment} text */
export function announce(text) {
  document.getElementById("announcement")?.replaceChildren(text);
}

/**
 * A day such as 2026-11-21 written out, as the pages write days: November 21, 2026.
 *
 * The day is the installation's, so no clock and no time zone of the browser's has a part in it.
 *
 * @param {string} day
 * @returns {string}
 */
export function shownDay(day) {
  const [year, month, date] = day.split("-").map(Number);
  const format = new Intl.DateTimeFormat(language(), { dateStyle: "long", timeZone: "UTC" });
  return format.format(Date.UTC(year, month - 1, date));
}

/** The language that the page is in. */
export function language() {
  return document.documentElement.lang || "en";
}
