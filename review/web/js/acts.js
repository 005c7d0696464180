/**
 * The forms of a case: a reply, a note, a new state. Sealed and sent by the script alone.
 */

import { b64 } from "../../../crypto/browser/src/strict.js";
import { CryptoError, TooLong } from "../../../crypto/browser/src/errors.js";
import { verifyRoster } from "../../../crypto/browser/src/roster.js";
import { mayAdd } from "./casefile.js";
import { openCasePage, openedCase } from "./casepage.js";
import { identitySeed } from "./keyring.js";
import { refresh } from "./navigation.js";
import { announce, fill, frame, language, word } from "./page.js";
import { fetchBytes, post, Refused } from "./requests.js";
import { isNewest } from "./rosters.js";
import { sealedEntry } from "./sending.js";

const KINDS = /** @type {Record<string, "reply"|"note"|"state">} */ ({
  reply: "reply",
  note: "note",
  "state-change": "state",
});

/** A form that is not sent; `word` names the page's reason. */
class NotSent extends Error {
  name = "NotSent";

  /** @param {string} word */
  constructor(word) {
    super(word);
    this.word = word;
  }
}

/** Take over the forms of the case page. The browser itself never submits them. */
export function startActs() {
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form instanceof HTMLFormElement && Object.hasOwn(KINDS, form.id)) {
      event.preventDefault();
      void act(form);
    }
  });
}

/** @param {HTMLFormElement} form */
async function act(form) {
  const kind = KINDS[form.id];
  const buttons = [...form.querySelectorAll("button")];
  fill(form, "data-status", word("sending"));
  buttons.forEach((button) => (button.disabled = true));
  try {
    await send(kind, form);
  } catch (refused) {
    buttons.forEach((button) => (button.disabled = false));
    await explain(form, refused);
    return;
  }
  form.reset();
  await again(form.id, word(`sent-${kind}`));
}

/**
 * Fetch the page again, open its case, and say beside the form how the act went.
 *
 * An act may move the case's state, and only the server's page knows what that allows next.
 *
 * @param {string} id of the form
 * @param {string} said
 */
async function again(id, said) {
  await refresh();
  await openCasePage(true);
  const form = document.getElementById(id);
  if (form === null) {
    announce(said);
    return;
  }
  fill(form, "data-status", said);
  form.querySelector("[data-status]")?.scrollIntoView({ block: "nearest" });
}

/** @param {"reply"|"note"|"state"} kind @param {HTMLFormElement} form */
async function send(kind, form) {
  const [file, seed] = [openedCase(), identitySeed()];
  if (file === null || seed === null || !mayAdd(file, kind === "note" ? "notes" : "committee")) {
    throw new NotSent("sending-off");
  }
  const { body, coded } = entered(kind, form);
  const { installation, today, csrf } = frame();
  const lang = language();
  const roster = (await currentRoster(file)).hash;
  const fields = await sealedEntry(kind, body, file, { seed, installation, roster, today, lang });
  await post(form.getAttribute("action") ?? "", { csrf, ...coded, ...fields });
}

/**
 * What the person entered: the body to seal, and the coded state that the server must know.
 *
 * @param {"reply"|"note"|"state"} kind
 * @param {HTMLFormElement} form
 */
function entered(kind, form) {
  const values = new FormData(form);
  if (kind === "state") {
    const option = form.querySelector("select[name=state]")?.querySelector("option:checked");
    const state = /** @type {HTMLOptionElement} */ (option).dataset.submitterState ?? "";
    const nextOn = String(values.get("next_on") ?? "");
    const body = { state, next_on: nextOn === "" ? null : nextOn };
    return { body, coded: { state: String(values.get("state")) } };
  }
  // FormData spells line ends as CR LF; text is sealed as it was typed.
  const text = String(values.get("text") ?? "").replace(/\r\n?/g, "\n");
  if (text.trim() === "") {
    throw new NotSent("sent-empty");
  }
  return { body: { text }, coded: {} };
}

/**
 * The roster to name in a new message: the server's current one, under the committee's root key,
 * and not older than any that this case already names.
 *
 * @param {import("./casefile.js").CaseFile} file
 */
async function currentRoster(file) {
  const document = await fetchBytes("/roster");
  let roster;
  try {
    roster = verifyRoster(document, b64(frame().rootKey));
  } catch (refused) {
    if (refused instanceof CryptoError) {
      throw new NotSent("roster-not-checked");
    }
    throw refused;
  }
  if (!isNewest(roster, file.rosters)) {
    throw new NotSent("roster-old");
  }
  return roster;
}

/**
 * Say why nothing was sent; what was typed stays.
 *
 * @param {HTMLFormElement} form
 * @param {unknown} why
 */
async function explain(form, why) {
  if (why instanceof Refused && why.status === 409) {
    await again(form.id, word("sent-moved"));
    return;
  }
  const other = why instanceof TooLong ? "sent-too-long" : "sent-not";
  fill(form, "data-status", word(why instanceof NotSent ? why.word : other));
}
