/**
 * The forms of a case: a reply, a note, a new state. Sealed and sent by the script alone.
 */

import { TooLong } from "../../../crypto/browser/src/errors.js";
import { thread } from "../../../crypto/browser/src/message.js";
import { isInDoubt, mayAdd } from "./casefile.js";
import { openedCase, reopenCase } from "./casepage.js";
import { signingSeed, untilLocked } from "./keyring.js";
import { postAsSelf, standing } from "./login.js";
import { announce, fill, leading, word } from "./page.js";
import { Refused, SignedOut } from "./requests.js";
import { leftOpen } from "./replying.js";
import { sealedEntry } from "./sending.js";
import { Unanswered } from "./unanswered.js";
import { NEEDS_KEY, NotSent, wantsKey, writerOf } from "./writing.js";

const KINDS = /** @type {Record<string, "reply"|"note"|"state">} */ ({
  reply: "reply",
  note: "note",
  "state-change": "state",
});
const unanswered = new Unanswered();

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

/**
 * Look in the case, which has just been opened again, for what was sent without an answer before a
 * lock; what is there has been sent, and its words need not be sent again.
 */
export function settle() {
  const file = openedCase();
  for (const id of Object.keys(KINDS)) {
    const form = document.getElementById(id);
    const entry = file === null ? null : unanswered.foundIn(file, id);
    if (entry !== null && form instanceof HTMLFormElement) {
      clear(form, entry.message?.body.text ?? null);
      fill(form, "data-status", word(`sent-${KINDS[id]}`));
    }
  }
}

/**
 * @typedef {object} Act
 * @property {HTMLFormElement} form
 * @property {"reply"|"note"|"state"} kind
 * @property {import("./casefile.js").CaseFile} file
 * @property {Uint8Array} signing seed
 * @property {AbortSignal} locked
 */

/** @param {HTMLFormElement} form */
async function act(form) {
  // The key is taken before anything is waited for, and all that waits knows of a lock.
  const [file, signing, locked] = [openedCase(), signingSeed(), untilLocked()];
  if (file === null || signing === null || locked === null) {
    return;
  }
  const mine = { form, kind: KINDS[form.id], file, signing, locked };
  fill(form, "data-status", word("sending"));
  setBusy(form, true);
  try {
    const text = await send(mine);
    await done(mine, text);
  } catch (refused) {
    if (!locked.aborted) {
      await explain(mine, refused);
    }
  } finally {
    signing.fill(0);
  }
}

/** @param {HTMLFormElement} form @param {boolean} busy */
function setBusy(form, busy) {
  form.querySelectorAll("button").forEach((button) => (button.disabled = busy));
}

/**
 * Send what is in the form, or again what was sent without an answer.
 *
 * @param {Act} mine
 * @returns {Promise<string|null>} the text that was sent
 */
async function send(mine) {
  const { form, kind, file, locked } = mine;
  const place = thread(kind);
  if (!mayAdd(file, place)) {
    throw new NotSent(file.held.blocked ? NEEDS_KEY : "sending-off");
  }
  const { body, coded } = entered(kind, form);
  if (isInDoubt(file, place) && !confirm(word("confirm-doubt"))) {
    throw new NotSent("sent-unsure");
  }
  await standing();
  const words = JSON.stringify([body, coded]);
  const fields =
    unanswered.sameAgain(file, form.id, words) ?? (await sealed(mine, body));
  locked.throwIfAborted();
  const posting = postAsSelf(form.getAttribute("action") ?? "", { ...coded, ...fields }, locked);
  await unanswered.until(posting, file, form.id, { thread: place, words, fields }, locked);
  return body.text ?? null;
}

/** @param {Act} mine @param {Record<string, string|null>} body */
async function sealed({ kind, file, signing, locked }, body) {
  return sealedEntry(kind, body, file, await writerOf(file, signing, locked));
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
  const text = textOf(values.get("text"));
  if (text.trim() === "") {
    throw new NotSent("sent-empty");
  }
  if (leftOpen(form, text).length > 0) {
    throw new NotSent("sent-placeholder");
  }
  return { body: { text }, coded: {} };
}

/** FormData spells line ends as CR LF; text is sealed as it was typed. @param {any} value */
function textOf(value) {
  return String(value ?? "").replace(/\r\n?/g, "\n");
}

/**
 * Empty the form of what was sent; what has been typed meanwhile stays.
 *
 * @param {HTMLFormElement} form
 * @param {string|null} text that was sent, or null for a form without
 */
function clear(form, text) {
  if (text === null || textOf(new FormData(form).get("text")) === text) {
    form.reset();
  }
}

/**
 * Show the case with what was sent, and say beside the form that it was.
 *
 * @param {Act} mine
 * @param {string|null} text
 */
async function done({ form, kind, locked }, text) {
  if (locked.aborted) {
    return;
  }
  clear(form, text);
  const { read, fresh } = await reopenCase();
  const said = word(`sent-${kind}`);
  say(form, read && fresh ? said : `${said} ${word("not-refreshed")}`);
}

/**
 * Say why nothing was sent, or that nobody knows; what was typed stays.
 *
 * @param {Act} mine
 * @param {unknown} why
 */
async function explain(mine, why) {
  const { form, kind } = mine;
  if (wantsKey(why)) {
    // Who reads the case has changed since it was opened: the page says who, and what to do.
    await reopenCase();
    say(form, leading(NEEDS_KEY));
    return;
  }
  const moved = why instanceof Refused && why.status === 409;
  if (!moved && !unanswered.has(mine.file, form.id)) {
    say(form, leading(wordFor(why)));
    return;
  }
  const { read } = await reopenCase();
  const file = openedCase();
  const entry = read && file !== null ? unanswered.foundIn(file, form.id) : null;
  if (entry !== null) {
    clear(formNow(form), entry.message?.body.text ?? null);
    say(form, word(`sent-${kind}`));
    return;
  }
  const words = moved ? ["sent-moved", "sent-moved-unread"] : ["sent-unanswered", "sent-unknown"];
  say(form, word(words[read ? 0 : 1]));
}

/** @param {unknown} why */
function wordFor(why) {
  if (why instanceof NotSent) {
    return why.word;
  }
  if (why instanceof SignedOut) {
    return "sent-signed-out";
  }
  return why instanceof TooLong ? "sent-too-long" : "sent-not";
}

/** The form of this page that takes the place of one in a page before. @param {Element} form */
function formNow(form) {
  const now = document.getElementById(form.id);
  return /** @type {HTMLFormElement} */ (now ?? form);
}

/**
 * Say beside the form how the act went, or to everyone where the new page has no such form.
 *
 * @param {HTMLFormElement} form
 * @param {string|DocumentFragment} said
 */
function say(form, said) {
  const now = formNow(form);
  if (!now.isConnected) {
    announce(said);
    return;
  }
  const file = openedCase();
  setBusy(now, file === null || !mayAdd(file, thread(KINDS[now.id])));
  fill(now, "data-status", said);
  now.querySelector("[data-status]")?.scrollIntoView({ block: "nearest" });
}
