/**
 * The page's documents: one form that brings them, and buttons that open what is sealed.
 */

import { b64 } from "../../../crypto/browser/src/strict.js";
import { CryptoError } from "../../../crypto/browser/src/errors.js";
import { toHex } from "../../../crypto/browser/src/bytes.js";
import { verifyRoster } from "../../../crypto/browser/src/roster.js";
import { save } from "./attachments.js";
import { identitySeed, untilLocked } from "./keyring.js";
import { postAsSelf } from "./login.js";
import { savedName, shownType } from "./names.js";
import { refresh } from "./navigation.js";
import { announce, fill, frame, word } from "./page.js";
import { LARGEST, openPaper, recipientsOf, sendSlices } from "./papers.js";
import { fetchBytes, Refused, SignedOut } from "./requests.js";

/** How often a slice is sent again when there was no answer. */
const TRIES = 3;

/** A document that is not sent; `word` names the page's reason. */
class NotSent extends Error {
  name = "NotSent";

  /** @param {string} word */
  constructor(word) {
    super(word);
    this.word = word;
  }
}

/** Take over the form and the buttons of every page with documents. */
export function startDocuments() {
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form instanceof HTMLFormElement && form.id === "document") {
      event.preventDefault();
      void bringing(form);
    }
  });
  addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-open-document]");
    if (button instanceof HTMLButtonElement) {
      void opening(button);
    }
  });
}

/** @param {HTMLFormElement} form */
async function bringing(form) {
  const button = form.querySelector("button");
  const say = (/** @type {string} */ text) => fill(form, "data-status", text);
  button?.toggleAttribute("disabled", true);
  try {
    await bring(form, (part, all) => say(word("document-sending", { part, all })));
    form.reset();
    say(word("document-kept"));
    announce(word("document-kept"));
    await refresh();
  } catch (refused) {
    say(word(reason(refused)));
  } finally {
    button?.toggleAttribute("disabled", false);
  }
}

/** @param {HTMLFormElement} form @param {(part: number, all: number) => void} progress */
async function bring(form, progress) {
  const values = new FormData(form);
  const [file, kept] = [values.get("file"), String(values.get("kept"))];
  if (!(file instanceof File) || file.size === 0) {
    throw new NotSent("document-empty");
  }
  if (file.size > LARGEST) {
    throw new NotSent("document-too-large");
  }
  const roster = kept === "PLAIN" ? null : await currentRoster();
  const id = toHex(crypto.getRandomValues(new Uint8Array(16)));
  const typed = String(values.get("name") ?? "").trim();
  await postAsSelf("/charter/documents", {
    document: id,
    name: typed === "" ? savedName(file.name) : typed,
    mime: shownType(file.type),
    size: String(file.size),
    kept,
    roster: roster?.hash ?? "",
  });
  const recipients = roster === null ? [] : recipientsOf(roster, kept);
  const path = `/charter/documents/${id}`;
  const send = (/** @type {number} */ index, /** @type {Uint8Array} */ content) =>
    patiently(() => postAsSelf(`${path}/slices`, { index: String(index), content }));
  const sha256 = await sendSlices(file, recipients, send, progress);
  await patiently(() => postAsSelf(`${path}/finish`, { sha256 }));
}

/**
 * Do what may be done twice, and again when no answer came.
 *
 * @param {() => Promise<void>} act
 */
async function patiently(act) {
  for (let left = TRIES - 1; ; left -= 1) {
    try {
      return await act();
    } catch (refused) {
      // fetch says TypeError when there was no answer.
      if (left === 0 || !(refused instanceof TypeError)) {
        throw refused;
      }
    }
  }
}

/** @param {HTMLButtonElement} button */
async function opening(button) {
  const place = /** @type {HTMLElement} */ (button.parentElement);
  const say = (/** @type {string} */ text) => fill(place, "data-status", text);
  const [seed, locked] = [identitySeed(), untilLocked()];
  if (seed === null || locked === null) {
    say(word("document-locked"));
    return;
  }
  button.disabled = true;
  const { openDocument, sha256 = "", slices, name = "" } = button.dataset;
  const own = new Uint8Array(seed);
  try {
    const fetchSlice = (/** @type {number} */ at) => fetchBytes(`${openDocument}${at}`, locked);
    const progress = (/** @type {number} */ part, /** @type {number} */ all) =>
      say(word("document-opening", { part, all }));
    const parts = await openPaper({ slices: Number(slices), sha256 }, own, fetchSlice, progress);
    locked.throwIfAborted();
    save(parts, name);
    say(word("document-opened"));
  } catch (refused) {
    say(locked.aborted ? "" : word(reason(refused)));
  } finally {
    own.fill(0);
    button.disabled = false;
  }
}

/** The page's word for why a document was not brought or not opened. @param {unknown} refused */
function reason(refused) {
  if (refused instanceof NotSent) {
    return refused.word;
  }
  if (refused instanceof CryptoError) {
    return "document-not-genuine";
  }
  if (refused instanceof Refused && REASONS.includes(refused.reason)) {
    return `document-${refused.reason}`;
  }
  return refused instanceof SignedOut ? "document-signed-out" : "document-trouble";
}

const REASONS = [
  ...["form", "name", "empty", "too-large", "too-many"],
  ...["roster", "unknown", "slice", "incomplete", "hash"],
];

/** The server's current roster under the root key. */
async function currentRoster() {
  try {
    return verifyRoster(await fetchBytes("/roster"), b64(frame().rootKey));
  } catch (refused) {
    throw refused instanceof CryptoError ? new NotSent("roster-not-checked") : refused;
  }
}
