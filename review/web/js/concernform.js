/**
 * The page on which a member records a concern: its people, what is sent, and the code, once.
 *
 * Who can be named is read out of the roster that the committee's root key signed, not out of the
 * page. A form whose answer was lost is sent again as it was, so that it makes no second case.
 */

import { verifyRoster } from "../../../crypto/browser/src/roster.js";
import { b64 } from "../../../crypto/browser/src/strict.js";
import { NotRecorded, sealConcern } from "./concern.js";
import { signingSeed, untilLocked } from "./keyring.js";
import { postAsSelf } from "./login.js";
import { announce, copyOf, fill, frame, language, word } from "./page.js";
import { fetchBytes, Refused, SignedOut } from "./requests.js";

const TEXTS = ["what", "when", "where", "who", "how"];
const CHOICES = ["kind", "relation", "ongoing"];

/** What was sealed and not answered yet, and what was written for it. @type {any} */
let waiting = null;

/** Take over the form. */
export function startConcern() {
  addEventListener("submit", (event) => {
    if (event.target instanceof HTMLFormElement && event.target.id === "concern") {
      event.preventDefault();
      void recording(event.target);
    }
  });
  addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.id === "concern-another") {
      closeConcern();
      focusOn("concern-title");
    }
  });
}

/** Forget the code and what waits: the tab has locked, or goes to another page. */
export function closeConcern() {
  waiting = null;
  showCode("");
}

/** Show on this page who can be named, if it has the form. */
export async function showPeople() {
  const place = document.querySelector("[data-concern-people]");
  if (place === null) {
    return;
  }
  try {
    const roster = await currentRoster();
    place.replaceChildren(...[...roster.readers, ...roster.listed].map(row));
  } catch (refused) {
    say(word(reason(refused)));
  }
}

function row({ id, name, title }) {
  const element = copyOf("concern-person");
  /** @type {HTMLInputElement} */ (element.querySelector("input")).value = id;
  fill(element, "data-name", name);
  fill(element, "data-title", title);
  return element;
}

async function currentRoster() {
  return verifyRoster(await fetchBytes("/roster"), b64(frame().rootKey));
}

/** @param {HTMLFormElement} form */
async function recording(form) {
  const button = form.querySelector("button.main");
  button?.toggleAttribute("disabled", true);
  say(word("concern-sealing"));
  try {
    const code = await send(entered(form));
    waiting = null;
    form.reset();
    say("");
    showCode(code);
    announce(word("concern-recorded"));
    focusOn("concern-done-title");
  } catch (refused) {
    say(word(reason(refused)));
  } finally {
    button?.toggleAttribute("disabled", false);
  }
}

async function send(told) {
  const [signing, signal] = [signingSeed(), untilLocked()];
  if (signing === null || signal === null) {
    throw new NotRecorded("concern-locked");
  }
  try {
    const written = JSON.stringify(told);
    if (waiting?.written !== written) {
      const { person, today } = frame();
      const member = { person, signing, signal, roster: await currentRoster(), today, lang: language() };
      const sealed = await sealConcern(told, member);
      signal.throwIfAborted();
      waiting = { written, ...sealed };
    }
    const { fields, code } = waiting;
    await postAsSelf("/cases", fields, signal);
    return code;
  } catch (refused) {
    // What a server has refused is sealed anew the next time; without an answer it is sent again.
    if (refused instanceof Refused) {
      waiting = null;
    }
    if (refused instanceof Refused && refused.status === 409) {
      await showPeople();
    }
    throw refused;
  } finally {
    signing.fill(0);
  }
}

/** What the form says. @param {HTMLFormElement} form @returns {import("./concern.js").Told} */
function entered(form) {
  const value = (/** @type {string} */ name) =>
    String(new FormData(form).get(name) ?? "").replace(/\r\n?/g, "\n");
  if (value("what").trim() === "") {
    throw new NotRecorded("concern-empty");
  }
  const answers = [...TEXTS, ...CHOICES].map((name) => [name, value(name)]);
  return {
    body: {
      ...Object.fromEntries(answers),
      told: "",
      hope: "",
      reply_wanted: value("reply_wanted") === "yes",
    },
    channel: value("channel"),
    came: value("came"),
    excluded: new FormData(form).getAll("excluded").map(String).sort(),
  };
}

/** @param {string} code "" for none */
function showCode(code) {
  const done = document.getElementById("concern-done");
  const place = document.getElementById("concern-code");
  if (done !== null && place !== null) {
    place.textContent = code;
    done.toggleAttribute("hidden", code === "");
    document.getElementById("concern-card")?.toggleAttribute("hidden", code !== "");
  }
}

/** @param {string} id */
function focusOn(id) {
  document.getElementById(id)?.focus();
}

/** @param {string} text */
function say(text) {
  const place = document.getElementById("concern-status");
  if (place !== null) {
    place.textContent = text;
  }
}

/** The page's word for why it was not recorded. @param {unknown} refused */
function reason(refused) {
  if (refused instanceof NotRecorded) {
    return refused.word;
  }
  if (refused instanceof SignedOut) {
    return "concern-signed-out";
  }
  if (refused instanceof Refused && refused.status === 409) {
    return "concern-moved";
  }
  if (refused instanceof Refused && refused.status === 400) {
    return "concern-form";
  }
  return untilLocked() === null ? "concern-locked" : "concern-trouble";
}
