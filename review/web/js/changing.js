/**
 * Who reads a case, changed by those who read it: recusals, new keys, and second signatures.
 *
 * Everything is drawn, sealed, checked and signed in this tab (changes.js). The server is told which
 * act was meant and keeps it.
 */

import { verifyRoster } from "../../../crypto/browser/src/roster.js";
import { SHARE } from "../../../crypto/browser/src/sharing.js";
import { b64 } from "../../../crypto/browser/src/strict.js";
import { openedCase, reopenCase } from "./casepage.js";
import { newKey, openedHere, plain, RECUSE, send, waitingAct, whyNot } from "./changes.js";
import { signingSeed, untilLocked } from "./keyring.js";
import { standing } from "./login.js";
import { fill, frame, leading, word } from "./page.js";
import { fetchBytes, fetchJson } from "./requests.js";
import { checkShare, shareOffer } from "./sharing.js";

/** Take over the forms under "Who can read this". The browser itself never submits them. */
export function startChanging() {
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form instanceof HTMLFormElement && form.dataset.change !== undefined) {
      event.preventDefault();
      void change(form);
    }
  });
}

/** @param {HTMLFormElement} form */
async function change(form) {
  const [signing, locked] = [signingSeed(), untilLocked()];
  if (signing === null || locked === null) {
    say(form, "change-locked");
    return;
  }
  setBusy(form, true);
  say(form, "sending");
  try {
    await standing();
    const made = await asked(form, await workHere(locked));
    await send(made, signing, locked);
    await done(form, made.act);
  } catch (refused) {
    if (!locked.aborted) {
      say(form, whyNot(refused));
    }
  } finally {
    signing.fill(0);
    setBusy(form, false);
  }
}

/** The case of this page. @param {AbortSignal} locked @returns {Promise<import("./changes.js").Work>} */
async function workHere(locked) {
  const section = /** @type {HTMLElement} */ (document.getElementById("thread"));
  const id = section.dataset.case ?? "";
  const roster = verifyRoster(await fetchBytes("/roster", locked), b64(frame().rootKey));
  const manifest = await fetchJson(section.dataset.manifest ?? "", locked);
  const file = openedCase();
  return { id, roster, manifest, file: file?.id === id ? file : null, locked };
}

/**
 * The act that the form asks for, and the files that go with it.
 *
 * @param {HTMLFormElement} form
 * @param {import("./changes.js").Work} work
 * @returns {Promise<import("./changes.js").Signable>}
 */
async function asked(form, work) {
  switch (form.dataset.change) {
    case "self":
      return plain(work, RECUSE, { person: frame().person });
    case "other":
      return plain(work, RECUSE, { person: String(new FormData(form).get("person")) });
    case "release":
      return plain(work, "release", {});
    case "key":
      return newKey(work);
    case "share":
      return newShare(form, work);
    default:
      return waiting(form, work);
  }
}

/** The case for an investigator whose key this person has heard. */
async function newShare(form, work) {
  const fields = new FormData(form);
  const told = { ...work, file: openedHere(work) };
  const typed = String(fields.get("fingerprint"));
  const offer = await shareOffer(told, String(fields.get("person")), typed);
  const { act } = plain(work, SHARE, offer.data);
  return { act, files: { recipient: offer.recipient, grant: offer.grant } };
}

/** An act that somebody else has signed, once everything of it that can be checked agrees. */
async function waiting(form, work) {
  const { act, files, recipient } = await waitingAct(work, form.dataset.act ?? "");
  if (act.act === SHARE) {
    const grant = await fetchBytes(files.grant, work.locked);
    const typed = String(new FormData(form).get("fingerprint"));
    checkShare({ ...work, file: openedHere(work) }, act, { recipient, grant }, typed);
  }
  return { act, files: {} };
}

/** Show what the case is now; who has left it is led to the others. */
async function done(form, act) {
  const own = act.act === RECUSE && act.data.person === frame().person;
  if (own) {
    /** @type {HTMLElement|null} */ (document.querySelector(".back a"))?.click();
    return;
  }
  await reopenCase();
  const place = document.getElementById("readers-status");
  if (place !== null) {
    place.textContent = word("change-done");
  } else {
    say(form, "change-done");
  }
}

/** @param {HTMLFormElement} form @param {string} name */
function say(form, name) {
  fill(form, "data-status", leading(name));
}

/** @param {HTMLFormElement} form @param {boolean} busy */
function setBusy(form, busy) {
  form.querySelectorAll("button").forEach((button) => (button.disabled = busy));
}
