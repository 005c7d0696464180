/**
 * Dispositions: a list is checked here against what is signed, then approved or rejected by an act.
 *
 * What a person approves is the hash of the manifest's very bytes. Before the button is there, the
 * bytes are parsed, and every line of the table that the person reads is compared with them.
 */

import { buildAct, parseAct, signAct } from "../../../crypto/browser/src/act.js";
import { utf8 } from "../../../crypto/browser/src/bytes.js";
import {
  dispositionSubject,
  manifestHash,
  parseManifest,
} from "../../../crypto/browser/src/disposing.js";
import { verifyRoster } from "../../../crypto/browser/src/roster.js";
import { b64, canonical } from "../../../crypto/browser/src/strict.js";
import { postAsSelf } from "./login.js";
import { refresh } from "./navigation.js";
import { announce, fill, frame, shownDay, word } from "./page.js";
import { fetchBytes } from "./requests.js";
import { within } from "./retention.js";
import { NotSigned } from "./retentiondata.js";

const APPROVE = "approve-disposition";
const REJECT = "reject-disposition";

/** Take over the buttons and the form of a list, and the choice of all. */
export function startDispositions() {
  addEventListener("click", (event) => {
    const pressed = event.target instanceof Element ? event.target : null;
    const list = /** @type {HTMLElement|null} */ (pressed?.closest("[data-disposition]") ?? null);
    if (pressed?.closest("[data-disposition-all]")) {
      chooseAll();
    } else if (list !== null && pressed?.closest("[data-disposition-look]")) {
      void within(list, look);
    } else if (list !== null && pressed?.closest("[data-disposition-approve]")) {
      void within(list, approve);
    }
  });
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form instanceof HTMLFormElement && form.dataset.dispositionReject !== undefined) {
      event.preventDefault();
      void within(form, reject);
    }
  });
  showChoice();
}

/** Show the button that chooses all, which does nothing without this script. */
export function showChoice() {
  document.querySelector("[data-disposition-all]")?.removeAttribute("hidden");
}

function chooseAll() {
  for (const box of document.querySelectorAll("#propose input[type=checkbox]")) {
    /** @type {HTMLInputElement} */ (box).checked = true;
  }
}

/** Compare the page with the bytes, and only then let them be approved. @param {HTMLElement} list */
async function look(list) {
  const roster = await rosterNow();
  const { manifest } = genuine(list, roster);
  fill(list, "data-status", word("disposition-checked", { count: manifest.records.length }));
  list.querySelector("[data-disposition-approve]")?.removeAttribute("hidden");
}

/** @param {HTMLElement} list @param {import("./retention.js").Key} key */
async function approve(list, { seed, locked }) {
  const roster = await rosterNow();
  const { manifest, hash } = genuine(list, roster);
  const wanted = fieldsOf(list, manifest, APPROVE, { manifest: hash }, roster.hash);
  const act = list.dataset.act === undefined ? buildAct(wanted) : same(list.dataset.act, wanted);
  const status = await send(`/dispositions/${manifest.id}/approvals`, act, seed, locked);
  announce(word(status === 204 ? "disposition-done" : "disposition-approved"));
  await refresh();
}

/** @param {HTMLFormElement} form @param {import("./retention.js").Key} key */
async function reject(form, { seed, locked }) {
  const list = /** @type {HTMLElement} */ (form.closest("[data-disposition]"));
  const roster = await rosterNow();
  const { manifest, hash } = genuine(list, roster);
  const reason = String(new FormData(form).get("reason"));
  const data = { manifest: hash, reason };
  const act = buildAct(fieldsOf(list, manifest, REJECT, data, roster.hash));
  await send(`/dispositions/${manifest.id}/rejection`, act, seed, locked);
  announce(word("disposition-rejected"));
  await refresh();
}

/** The roster under the committee's root key. */
async function rosterNow() {
  return verifyRoster(await fetchBytes("/roster"), b64(frame().rootKey));
}

function fieldsOf(list, manifest, act, data, roster) {
  return {
    installation: frame().installation,
    subject: dispositionSubject(manifest.id),
    act,
    data,
    roster,
    on: frame().today,
    previous: list.dataset.previous || null,
  };
}

/** The act that another has signed, if it says the same; only its day may be an earlier one. */
function same(text, wanted) {
  const act = parseAct(utf8(text));
  const mine = buildAct({ ...wanted, on: act.on });
  if (act.on > wanted.on || !alike(canonical(act), canonical(mine))) {
    throw new NotSigned("texts-not-genuine");
  }
  return act;
}

async function send(path, act, seed, locked) {
  locked.throwIfAborted();
  const { signature } = signAct(act, frame().person, seed);
  const document = new TextDecoder().decode(canonical(act));
  return postAsSelf(path, { act: document, signature }, locked);
}

/**
 * The manifest in the bytes of the page, and its hash. Throws unless it is this installation's, and
 * what the page shows, fact by fact and line by line, is what the bytes say.
 *
 * @param {HTMLElement} list
 * @param {any} roster that names who proposed it
 */
function genuine(list, roster) {
  const bytes = utf8(list.dataset.manifest ?? "");
  const manifest = parseManifest(bytes);
  const hash = manifestHash(bytes);
  const shown = list.querySelector("[data-hash]")?.textContent ?? "";
  const rows = [...list.querySelectorAll("[data-records] tr")];
  const right =
    manifest.installation === frame().installation &&
    manifest.id === list.dataset.disposition &&
    shown === hash &&
    isProper(manifest, frame().today) &&
    saysFacts(textOf(list), manifest, roster) &&
    rows.length === manifest.records.length &&
    rows.every((row, index) => says(row, manifest.records[index]));
  if (!right) {
    throw new NotSigned("texts-not-genuine");
  }
  return { manifest, hash };
}

/** Whether people have time to object to a list, and every line of it is due. */
export function isProper(manifest, today) {
  return manifest.cooling >= 1 && manifest.records.every((line) => line.due <= today);
}

/** Whether what is shown of a list as a whole is what its manifest says. */
export function saysFacts(shown, manifest, roster) {
  const people = [...roster.readers, ...roster.listed];
  const by = people.find((each) => each.id === manifest.by)?.name ?? manifest.by;
  return (
    shown("on") === shownDay(manifest.on) &&
    shown("by") === by &&
    shown("cooling") === String(manifest.cooling)
  );
}

/** @param {Element} part @returns {(name: string) => string} what its cell of a name says */
function textOf(part) {
  return (name) => (part.querySelector(`[data-cell="${name}"]`)?.textContent ?? "").trim();
}

/** Whether a row of the table says what a line of the manifest does. */
function says(row, line) {
  const cell = textOf(row);
  const number = (row.querySelector("th code")?.textContent ?? "").replaceAll(" ", "");
  return (
    row.dataset.case === line.case &&
    line.case.startsWith(number) &&
    number.length === 8 &&
    cell("class") === `${line.class} version ${line.version}` &&
    cell("triggered") === shownDay(line.triggered) &&
    cell("due") === shownDay(line.due)
  );
}

function alike(one, other) {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}
