/**
 * Making a passkey on the page of one's own sign-ins.
 */

import { knowsPasskeys, makePasskey } from "./passkeys.js";
import { fill, frame, word } from "./page.js";
import { postJson, Refused, SignedOut } from "./requests.js";

/** Listen from now on to the page's form. */
export function startOwnSignIns() {
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form instanceof HTMLFormElement && form.id === "add-passkey") {
      event.preventDefault();
      void adding(form);
    }
  });
}

/** @param {HTMLFormElement} form */
async function adding(form) {
  const button = form.querySelector("button");
  const say = (/** @type {string} */ name) => fill(form, "data-status", word(name));
  button?.toggleAttribute("disabled", true);
  say("passkey-making");
  try {
    const said = await add(String(new FormData(form).get("name") ?? ""));
    if (said === "") {
      // The login may be another now: the page is loaded with it.
      location.assign("/me/sign-ins");
      return;
    }
    say(said);
  } catch (refused) {
    say(reason(refused));
  }
  button?.toggleAttribute("disabled", false);
}

/** @param {string} name @returns {Promise<string>} what stood in the way */
async function add(name) {
  if (!knowsPasskeys()) {
    return "passkey-unknown";
  }
  const { csrf } = frame();
  const asked = await postJson("/me/passkeys/challenge", { csrf });
  const credential = await makePasskey(asked);
  if (credential === null) {
    return "passkey-not-made";
  }
  await postJson("/me/passkeys", { csrf, name, credential });
  return "";
}

/** @param {unknown} refused */
function reason(refused) {
  if (refused instanceof SignedOut) {
    return "document-signed-out";
  }
  const known = ["passkey-not-taken", "means-known", "means-many", "means-name"];
  if (refused instanceof Refused && known.includes(refused.reason)) {
    return refused.reason;
  }
  return refused instanceof Refused && refused.reason === "step-up"
    ? "passkey-not-confirmed"
    : "passkey-trouble";
}
