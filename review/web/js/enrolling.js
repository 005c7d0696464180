/**
 * Making a key: the identity, its passphrase and its copies, all in this tab.
 *
 * The passphrase is shown once and typed back once, and is never sent. What leaves is sealed or
 * public: the identity under its passphrase, a copy for the recovery key, the keys the person had
 * before sealed to the new one, and the request, whose fingerprint is computed here. The roster
 * that says where the copy goes is believed only under the committee's root key.
 */

import {
  identityText,
  newPasskey,
  recipientFromSeed,
  seal,
  sealToPasskey,
  sealWithPassphrase,
} from "../../../crypto/browser/src/age.js";
import { draw, hashOf, utf8 } from "../../../crypto/browser/src/bytes.js";
import { makeRequest } from "../../../crypto/browser/src/enrolment.js";
import { CryptoError } from "../../../crypto/browser/src/errors.js";
import { makePassphrase } from "../../../crypto/browser/src/passphrase.js";
import { verifyRoster } from "../../../crypto/browser/src/roster.js";
import { b64 } from "../../../crypto/browser/src/strict.js";
import { formerSeeds, identitySeed } from "./keyring.js";
import { postAsSelf } from "./login.js";
import { frame, word } from "./page.js";
import { fetchBytes, Refused, SignedOut } from "./requests.js";

const SEED_SIZE = 32;
const WORK_FACTOR = 18;
// Nobody waits in a demonstration, and nothing of it is worth a guess.
const DEMO_WORK_FACTOR = 10;

/** @type {{seed: Uint8Array, words: string}|null} */
let making = null;

/** Listen from now on to the page on which a key is made. */
export function startEnrolling() {
  addEventListener("click", (event) => {
    const pressed = event.target instanceof Element ? event.target.closest("button") : null;
    if (pressed?.id === "make-key-begin" || pressed?.id === "make-key-again") {
      begin();
    } else if (pressed?.id === "make-key-written") {
      show("type");
      page("make-key-words").textContent = "";
      page("make-key-typed").focus();
    } else if (pressed?.id === "make-key-passkey") {
      void addPasskey(pressed);
    }
  });
  addEventListener("submit", (event) => {
    if (event.target instanceof HTMLFormElement && event.target.id === "make-key-type") {
      event.preventDefault();
      void typed(event.target);
    }
  });
}

/** Forget what was made here, as when the page is left or the tab locks. */
export function stopEnrolling() {
  if (making !== null && making.words !== "" && document.getElementById("make-key") !== null) {
    show("begin");
  }
  making?.seed.fill(0);
  making = null;
  for (const id of ["make-key-words", "make-key-typed"]) {
    const part = document.getElementById(id);
    if (part instanceof HTMLInputElement) {
      part.value = "";
    } else {
      part?.replaceChildren();
    }
  }
}

/** Draw a key and show its passphrase, this once. */
function begin() {
  const lost = /** @type {HTMLInputElement|null} */ (document.getElementById("make-key-lost"));
  if (lost !== null && !lost.checked && identitySeed() === null) {
    say("own-key-unlock-first");
    return;
  }
  stopEnrolling();
  making = { seed: draw(SEED_SIZE), words: makePassphrase() };
  page("make-key-words").textContent = making.words;
  say("");
  show("words");
  page("make-key-words").focus();
}

/** @param {HTMLFormElement} form */
async function typed(form) {
  const field = /** @type {HTMLInputElement} */ (page("make-key-typed"));
  const [given, made] = [field.value, making];
  field.value = "";
  if (made === null) {
    show("begin");
    return;
  }
  if (given.trim().toLowerCase().replace(/\s+/g, " ") !== made.words) {
    say("own-key-typed-wrong");
    field.focus();
    return;
  }
  const button = form.querySelector("button");
  button?.toggleAttribute("disabled", true);
  say("own-key-sealing");
  try {
    // The derivation holds this thread for seconds; the sentence must be on the screen before.
    await new Promise((painted) => setTimeout(painted, 50));
    const fingerprint = await offer(made);
    if (making === made) {
      made.words = "";
      page("make-key-fingerprint").textContent = fingerprint;
      say("own-key-kept");
      show("done");
      page("make-key-fingerprint").focus();
    }
  } catch (refused) {
    say(reason(refused));
  } finally {
    button?.toggleAttribute("disabled", false);
  }
}

/**
 * Seal what was made and send it; the fingerprint of the request.
 *
 * @param {{seed: Uint8Array, words: string}} made
 */
async function offer({ seed, words }) {
  const { person, rootKey, today } = frame();
  const roster = verifyRoster(await fetchBytes("/roster"), b64(rootKey));
  const text = utf8(`${identityText(seed)}\n`);
  const identity = await sealWithPassphrase(text, words, workFactor(roster));
  const copy = roster.recovery === null ? null : await seal(text, [roster.recovery]);
  const request = await makeRequest(seed, roster, person, today, copy);
  const former = await formerFor(request.recipient);
  text.fill(0);
  await postAsSelf("/me/key", {
    request: request.document,
    identity,
    ...(copy === null ? {} : { recovery: copy }),
    ...(former === null ? {} : { former }),
  });
  return request.fingerprint;
}

/** @param {{demo: boolean}} roster */
function workFactor(roster) {
  return roster.demo ? DEMO_WORK_FACTOR : WORK_FACTOR;
}

/** The keys that the person has now and had before, sealed to the new one. @param {string} to */
async function formerFor(to) {
  const now = identitySeed();
  if (now === null) {
    return null;
  }
  const lines = [now, ...formerSeeds()].map((seed) => `${identityText(seed)}\n`);
  return seal(utf8(lines.join("")), [to]);
}

/** Let a passkey open the key that was just made, or the one unlocked. @param {Element} button */
async function addPasskey(button) {
  const seed = making?.seed ?? identitySeed();
  if (seed === null) {
    say("own-key-unlock-first");
    return;
  }
  button.toggleAttribute("disabled", true);
  say("own-key-passkey-wait");
  try {
    const passkey = await newPasskey(`${word("own-key-passkey-name")} ${frame().person}`);
    const sealed = await sealToPasskey(utf8(`${identityText(seed)}\n`), passkey);
    const key = hashOf(utf8(await recipientFromSeed(seed)));
    await postAsSelf("/me/key/passkeys", { key, passkey, sealed });
    say("own-key-passkey-kept");
  } catch (refused) {
    const known = refused instanceof Refused || refused instanceof SignedOut;
    say(known ? reason(refused) : "own-key-passkey-none");
  } finally {
    button.toggleAttribute("disabled", false);
  }
}

/** The page's word for why a key was not kept. @param {unknown} refused */
function reason(refused) {
  if (refused instanceof CryptoError) {
    return "roster-not-checked";
  }
  if (refused instanceof SignedOut) {
    return "own-key-signed-out";
  }
  return refused instanceof Refused && refused.status === 409 ? "own-key-refused" : "own-key-trouble";
}

/** Show one step of the page and no other. @param {string} step */
function show(step) {
  for (const part of document.querySelectorAll("#make-key [data-step]")) {
    part.toggleAttribute("hidden", part.getAttribute("data-step") !== step);
  }
}

/** @param {string} id */
function page(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** Say one of the page's sentences, or nothing. @param {string} name */
function say(name) {
  page("make-key-status").textContent = name === "" ? "" : word(name);
}
