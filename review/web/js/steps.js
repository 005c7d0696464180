/**
 * The steps of a case: signed here with the member's own key, sealed where they say anything.
 *
 * What is signed is built in this tab out of what was filled in and of the case as this tab has
 * checked it; the server only keeps it. A step that others have to sign as well waits as a proposal.
 */

import { buildAct, signAct } from "../../../crypto/browser/src/act.js";
import { draw, toHex } from "../../../crypto/browser/src/bytes.js";
import { TooLong } from "../../../crypto/browser/src/errors.js";
import { canonical } from "../../../crypto/browser/src/strict.js";
import { isInDoubt, mayAdd } from "./casefile.js";
import { openedCase, reopenCase } from "./casepage.js";
import { MARK_DRILL } from "./drills.js";
import { lineOf, shownWord } from "./journal.js";
import { signingSeed, untilLocked } from "./keyring.js";
import { postAsSelf, standing } from "./login.js";
import { announce, fill, leading, word } from "./page.js";
import { leftOpen } from "./replying.js";
import { Refused, SignedOut } from "./requests.js";
import { sealedEntry } from "./sending.js";
import { entered, Unfilled } from "./stepform.js";
import { NEEDS_KEY, NotSent, wantsKey, writerOf } from "./writing.js";

const PROPOSED = 202;
/** Letters that were sent with a step that was not taken then, by the form and their words. */
const letters = new Map();

/** Take over the forms of steps, and lead to them. The browser itself never submits them. */
export function startSteps() {
  addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-go]") : null;
    if (button instanceof HTMLElement) {
      goTo(button.dataset.go ?? "");
    }
  });
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form instanceof HTMLFormElement && form.dataset.step !== undefined) {
      event.preventDefault();
      void taking(form);
    }
  });
}

/**
 * Sign what waits for a signature, exactly as it is shown; or decline it.
 *
 * @param {import("./journal.js").Signed} proposal
 * @param {boolean} sign
 * @param {(said: string|DocumentFragment) => void} say
 */
export async function decide(proposal, sign, say) {
  await working(say, async ({ file, signing, locked }) => {
    const address = `/cases/${file.id}/proposals/${proposal.hash}`;
    if (!sign) {
      await postAsSelf(address, { decline: "1" }, locked);
      return "step-declined";
    }
    refuseUnclear(file);
    const writer = await writerOf(file, signing, locked);
    if (proposal.act.roster !== writer.roster) {
      throw new NotSent("proposal-roster");
    }
    const state = await stateFor(proposal.act, file, writer);
    const { signature } = signAct(proposal.act, writer.person, signing);
    const status = await postAsSelf(address, { signature, ...state }, locked);
    return status === PROPOSED ? "step-proposed" : "step-taken";
  });
}

/** @param {HTMLFormElement} form */
async function taking(form) {
  const buttons = form.querySelectorAll("button");
  buttons.forEach((button) => (button.disabled = true));
  const say = (said) => sayBeside(form.id, said);
  await working(say, (mine) => take(form, mine));
  document.getElementById(form.id)?.querySelectorAll("button").forEach((button) => {
    button.disabled = openedCase() === null;
  });
}

/**
 * Do something with the open case and the key, show the case anew, and say how it went.
 *
 * @param {(said: string|DocumentFragment) => void} say
 * @param {(mine: {file: any, signing: Uint8Array, locked: AbortSignal}) => Promise<string>} act
 */
async function working(say, act) {
  const [file, signing, locked] = [openedCase(), signingSeed(), untilLocked()];
  if (file === null || signing === null || locked === null) {
    return;
  }
  announce("");
  say(word("sending"));
  try {
    await standing();
    const said = word(await act({ file, signing, locked }));
    const { read, fresh } = locked.aborted ? { read: true, fresh: true } : await reopenCase();
    announce(read && fresh ? said : `${said} ${word("not-refreshed")}`);
  } catch (refused) {
    if (!locked.aborted) {
      await explain(refused, say);
    }
  } finally {
    signing.fill(0);
  }
}

/** @param {HTMLFormElement} form @returns {Promise<string>} the page's word for how it went */
async function take(form, { file, signing, locked }) {
  const step = form.dataset.step ?? "";
  const { clear, sealed, letter } = entered(form);
  refuseDoubt(form, file, letter);
  let [now, data] = [file, /** @type {Record<string, any>} */ ({ ...clear, ...retractedIn(form) })];
  if (letter !== null) {
    data.letter = [await sendLetter(form, letter, { file, signing, locked })];
    await reopenCase();
    now = openedCase() ?? file;
  }
  const writer = await writerOf(now, signing, locked);
  const { stage } = now.journal;
  const line = lineOf(step, stage);
  if (line === undefined) {
    throw new NotSent("step-not-now");
  }
  const note = sealed === "" ? {} : await sealedEntry("note", { text: sealed }, now, writer);
  // The same step proposed anew on the same day is another act than the one that was declined.
  data = { ...data, ...markFor(step, now), from: stage, to: line.after ?? stage, draw: toHex(draw(8)) };
  if (sealed !== "") {
    data.sealed = [note.digest];
  }
  const { installation, roster, today: on, person } = writer;
  const fields = { installation, subject: now.id, act: step, data, roster, on };
  const act = buildAct({ ...fields, previous: now.journal.head });
  const state = await stateFor(act, now, writer);
  locked.throwIfAborted();
  const { signature } = signAct(act, person, signing);
  const text = new TextDecoder().decode(canonical(act));
  const posted = { act: text, signature, ...note, ...state };
  const status = await postAsSelf(`/cases/${now.id}/steps`, posted, locked);
  letters.delete(form.id);
  // The page may have been fetched anew since, with what was typed put back into its form.
  const there = /** @type {HTMLFormElement} */ (document.getElementById(form.id) ?? form);
  there.reset();
  return status === PROPOSED ? "step-proposed" : "step-taken";
}

/** Nothing is signed after a line that only the server knows, unless a person has said so. */
function refuseDoubt(form, file, letter) {
  refuseUnclear(file);
  if (letter !== null && leftOpen(form, letter).length > 0) {
    throw new NotSent("sent-placeholder");
  }
  const threads = letter === null ? ["notes"] : ["notes", "committee"];
  if (threads.some((thread) => isInDoubt(file, thread)) && !confirm(word("confirm-doubt"))) {
    throw new NotSent("sent-unsure");
  }
}

/** Nothing is signed where it is in doubt who may know of the case, or what was signed before. */
function refuseUnclear(file) {
  if (!mayAdd(file, "committee")) {
    throw new NotSent(file.held.blocked ? NEEDS_KEY : "sending-off");
  }
  if (file.journal.acts.some(({ trouble }) => trouble !== "") || !file.journal.stageHolds) {
    throw new NotSent("step-in-doubt");
  }
}

/** @param {HTMLFormElement} form @returns {Record<string, number>} */
function retractedIn(form) {
  const { retracted } = form.dataset;
  return retracted === undefined ? {} : { retracted: Number(retracted) };
}

/** What calls a case a drill: the mark that this tab found inside its submission. */
function markFor(step, file) {
  if (step !== MARK_DRILL) {
    return {};
  }
  if (file.drill === null) {
    throw new NotSent("step-no-drill");
  }
  return { mark: file.drill };
}

/** The digest of the letter that goes with a step; the same words are sent once. */
async function sendLetter(form, text, { file, signing, locked }) {
  const before = letters.get(form.id);
  if (before?.text === text && file.entries.some(({ line }) => line.digest === before.digest)) {
    return before.digest;
  }
  const writer = await writerOf(file, signing, locked);
  const fields = await sealedEntry("reply", { text }, file, writer);
  await postAsSelf(`/cases/${file.id}/replies`, fields, locked);
  letters.set(form.id, { text, digest: fields.digest });
  return fields.digest;
}

/**
 * The word for the submitter, where the step changes it: the fields of its envelopes.
 *
 * @returns {Promise<Record<string, string|Uint8Array>>}
 */
async function stateFor(act, file, writer) {
  const wanted = shownWord(act.data.to ?? "");
  // Whoever the case is only shared with says nothing to the submitter.
  const silent = writer.current.reader(writer.person) === undefined;
  if (silent || wanted === undefined || wanted === file.shown) {
    return {};
  }
  const nextOn = document.getElementById("acts")?.dataset.nextOn ?? "";
  const body = { state: wanted, next_on: nextOn === "" || wanted === "closed" ? null : nextOn };
  const fields = await sealedEntry("state", body, file, writer);
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [`state_${name}`, value]),
  );
}

/** @param {unknown} why @param {(said: string|DocumentFragment) => void} say */
async function explain(why, say) {
  if (why instanceof Unfilled) {
    say(word("step-unfilled", { label: why.label }));
    why.place?.focus();
    return;
  }
  if (why instanceof Refused && why.reasons.length > 0) {
    say(`${word("step-refused")} ${why.reasons.join(" ")}`);
    return;
  }
  if (wantsKey(why)) {
    await reopenCase();
    say(leading(NEEDS_KEY));
    return;
  }
  const moved = why instanceof Refused && (why.status === 409 || why.status === 404);
  if (!moved && !(why instanceof TypeError)) {
    say(leading(wordFor(why)));
    return;
  }
  await reopenCase();
  say(word(moved ? "step-moved" : "step-unknown"));
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

/** Lead to where a task is done: to the passphrase first, while the key is locked. @param {string} id */
function goTo(id) {
  const place = document.getElementById(openedCase() === null ? "passphrase" : id);
  if (place instanceof HTMLDetailsElement) {
    place.open = true;
  }
  const field = place?.querySelector("summary, select, textarea") ?? place;
  place?.scrollIntoView({ block: "start" });
  /** @type {HTMLElement|null} */ (field)?.focus({ preventScroll: true });
}

/** Say beside the form how it went, or to everyone where the page has no such form any more. */
function sayBeside(id, said) {
  const form = document.getElementById(id);
  if (form === null) {
    announce(said);
    return;
  }
  form.closest("details")?.setAttribute("open", "");
  fill(form, "data-status", said);
  form.querySelector("[data-status]")?.scrollIntoView({ block: "nearest" });
}

