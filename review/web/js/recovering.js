/**
 * Agreeing, by a signature, that somebody who lost every passkey gets a new way in.
 *
 * What is signed is built here. Of the server comes the act that another has signed already, and it
 * is signed too only when it is the very same.
 */

import { actHash, buildAct, parseAct, signAct } from "../../../crypto/browser/src/act.js";
import { utf8 } from "../../../crypto/browser/src/bytes.js";
import { CryptoError } from "../../../crypto/browser/src/errors.js";
import { verifyRoster } from "../../../crypto/browser/src/roster.js";
import { b64, canonical } from "../../../crypto/browser/src/strict.js";
import { signingSeed, untilLocked } from "./keyring.js";
import { postAsSelf } from "./login.js";
import { refresh } from "./navigation.js";
import { announce, fill, frame, word } from "./page.js";
import { fetchBytes, Refused, SignedOut } from "./requests.js";

/** Listen from now on to the forms of the page. */
export function startRecovering() {
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form instanceof HTMLFormElement && form.matches("form.recovery")) {
      event.preventDefault();
      void agreeing(form);
    }
  });
}

/** @param {HTMLFormElement} form */
async function agreeing(form) {
  const [signing, locked] = [signingSeed(), untilLocked()];
  const say = (/** @type {string} */ name) => fill(form, "data-status", word(name));
  if (signing === null || locked === null) {
    say("document-locked");
    return;
  }
  const button = form.querySelector("button");
  button?.toggleAttribute("disabled", true);
  say("sending");
  try {
    await agree(form, signing, locked);
    announce(word("recovery-signed"));
    await refresh();
  } catch (refused) {
    if (!locked.aborted) {
      say(reason(refused));
    }
  } finally {
    signing.fill(0);
    button?.toggleAttribute("disabled", false);
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {Uint8Array} signing
 * @param {AbortSignal} locked
 */
async function agree(form, signing, locked) {
  const { person = "", previous = "", proposal = "" } = form.dataset;
  const roster = verifyRoster(await fetchBytes("/roster", locked), b64(frame().rootKey));
  const known = proposal === "" ? null : parseAct(utf8(proposal));
  const act = buildAct({
    installation: frame().installation,
    subject: `people/${person}`,
    act: "new-sign-in",
    data: { person },
    roster: roster.hash,
    on: known?.on ?? frame().today,
    previous: previous === "" ? null : previous,
  });
  if (known !== null && actHash(known) !== actHash(act)) {
    throw new TypeError("what another has signed is something else");
  }
  locked.throwIfAborted();
  const { signature } = signAct(act, frame().person, signing);
  const document = new TextDecoder().decode(canonical(act));
  await postAsSelf(`/recoveries/${person}`, { act: document, signature }, locked);
}

/** @param {unknown} refused */
function reason(refused) {
  if (refused instanceof SignedOut) {
    return "document-signed-out";
  }
  if (refused instanceof CryptoError) {
    return "roster-not-checked";
  }
  const declined = refused instanceof Refused && refused.reason === "step-up";
  return declined ? "passkey-not-confirmed" : "recovery-not";
}
