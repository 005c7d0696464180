/**
 * Showing again that it is oneself, before what exports, shares, disposes or changes keys.
 *
 * The server says when it wants to know. A request of a script then waits for the dialog and is
 * sent again as it was; a form marked data-step-up asks before it goes, with its files in it.
 */

import { showPasskey } from "./passkeys.js";
import { copyOf, frame, word } from "./page.js";
import { fetchBytes, postJson, Refused, SignedOut, whenUnconfirmed } from "./requests.js";
import { markSent } from "./typed.js";

const CONFIRMED = "/me/confirmed";

/** @type {Promise<boolean>|null} */
let asking = null;
/** @type {(shown: boolean) => void} */
let settle = () => {};

/** Ask whoever is here whenever the server wants it, from now on. */
export function startConfirming() {
  whenUnconfirmed(() => (asking ??= ask()));
  addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || event.defaultPrevented) {
      return;
    }
    if (form.hasAttribute("data-step-up")) {
      event.preventDefault();
      void askFirst(form, event.submitter);
    }
  });
}

/** The dialog, fresh: what was typed into it before is gone. @returns {HTMLDialogElement} */
function freshDialog() {
  const dialog = /** @type {HTMLDialogElement} */ (copyOf("confirm-dialog"));
  const field = dialog.querySelector("[data-password]");
  field?.setAttribute("type", "password");
  dialog.addEventListener("close", () => settle(false));
  dialog.querySelector("[data-not-now]")?.addEventListener("click", () => dialog.close());
  dialog
    .querySelector("[data-by-passkey]")
    ?.addEventListener("click", () => void trying(dialog, byPasskey));
  dialog.querySelector("[data-by-password]")?.addEventListener("submit", (event) => {
    event.preventDefault();
    void trying(dialog, byPassword);
  });
  document.body.append(dialog);
  return dialog;
}

/**
 * Send a form when the server knows who is here.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLElement|null} submitter
 */
async function askFirst(form, submitter) {
  try {
    await fetchBytes(CONFIRMED);
  } catch (refused) {
    const declined = refused instanceof Refused && refused.reason === "step-up";
    if (declined || refused instanceof SignedOut) {
      return;
    }
    // What else is the matter is shown by the form's own way.
    if (!(refused instanceof Refused || refused instanceof TypeError)) {
      throw refused;
    }
  }
  if (submitter instanceof HTMLButtonElement && submitter.name !== "") {
    const chosen = document.createElement("input");
    chosen.type = "hidden";
    chosen.name = submitter.name;
    chosen.value = submitter.value;
    form.append(chosen);
  }
  markSent(form);
  form.submit();
}

/** @returns {Promise<boolean>} whether the person has shown that it is them */
async function ask() {
  const before = document.activeElement;
  const dialog = freshDialog();
  dialog.showModal();
  const shown = await new Promise((resolve) => (settle = resolve));
  asking = null;
  settle = () => {};
  dialog.remove();
  if (before instanceof HTMLElement && before.isConnected) {
    before.focus({ preventScroll: true });
  }
  return shown;
}

/** @param {HTMLDialogElement} dialog @param {(dialog: HTMLDialogElement) => Promise<string>} by */
async function trying(dialog, by) {
  setBusy(dialog, true);
  let said;
  try {
    said = await by(dialog);
  } catch (refused) {
    const wrong = refused instanceof Refused && refused.reason === "not-you";
    said = wrong ? "confirm-wrong" : "confirm-trouble";
    if (refused instanceof Refused && refused.status === 429) {
      said = "confirm-busy";
    }
  }
  setBusy(dialog, false);
  say(dialog, said === "" ? "" : word(said));
  if (said === "") {
    settle(true);
  }
}

/** @param {HTMLDialogElement} _dialog @returns {Promise<string>} what stood in the way */
async function byPasskey(_dialog) {
  const { csrf } = frame();
  const asked = await postJson("/me/confirm/challenge", { csrf });
  const credential = await showPasskey(asked);
  if (credential === null) {
    return "confirm-not-shown";
  }
  await postJson("/me/confirm", { csrf, credential });
  return "";
}

/** @param {HTMLDialogElement} dialog @returns {Promise<string>} */
async function byPassword(dialog) {
  const { csrf } = frame();
  const value = (/** @type {string} */ id) => {
    const field = /** @type {HTMLInputElement|null} */ (dialog.querySelector(id));
    const text = field?.value ?? "";
    if (field !== null) {
      field.value = "";
    }
    return text;
  };
  const [confirm_password, confirm_code] = [value("#confirm-password"), value("#confirm-code")];
  await postJson("/me/confirm", { csrf, confirm_password, confirm_code });
  return "";
}

/** @param {HTMLDialogElement} dialog @param {boolean} busy */
function setBusy(dialog, busy) {
  dialog.querySelectorAll("button").forEach((button) => (button.disabled = busy));
}

/** @param {HTMLDialogElement} dialog @param {string} text */
function say(dialog, text) {
  const place = dialog.querySelector("[data-status]");
  if (place !== null) {
    place.textContent = text;
  }
}
