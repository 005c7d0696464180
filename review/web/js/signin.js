/**
 * The script of the sign-in page: asks the server for a challenge and a passkey for its answer.
 */

import { knowsPasskeys, showPasskey } from "./passkeys.js";

const form = document.getElementById("passkey");
const words = /** @type {HTMLTemplateElement|null} */ (document.getElementById("passkey-words"));

/** @param {string} name */
function tell(name) {
  const place = form?.querySelector("[data-status]");
  const found = words?.content.querySelector(`[data-word="${name}"]`);
  if (place !== null && place !== undefined) {
    place.textContent = found?.textContent ?? "";
  }
}

/** @param {string} path @param {Record<string, string>} fields */
function ask(path, fields) {
  const body = new URLSearchParams(fields);
  return fetch(path, { method: "POST", body, cache: "no-store", redirect: "error" });
}

async function signIn() {
  tell("waiting");
  const asked = await ask("/sign-in/challenge", {});
  if (!asked.ok) {
    tell("trouble");
    return;
  }
  const credential = await showPasskey(await asked.json());
  if (credential === null) {
    tell("not-shown");
    return;
  }
  const answer = await ask("/sign-in/passkey", { credential });
  if (answer.ok) {
    location.assign("/");
  } else {
    tell(answer.status === 401 ? "wrong" : "trouble");
  }
}

const button = form?.querySelector("button");
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  button?.toggleAttribute("disabled", true);
  signIn()
    .catch(() => tell("trouble"))
    .finally(() => button?.toggleAttribute("disabled", false));
});
if (knowsPasskeys()) {
  button?.toggleAttribute("disabled", false);
} else {
  tell("none");
}
