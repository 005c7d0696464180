/**
 * All new keys at once: for each case that somebody has left, the same act as on its own page.
 *
 * Every case is opened and checked here before a key is made or signed for it, one after the other;
 * one in which anything does not check is left to be looked at.
 */

import { actHash } from "../../../crypto/browser/src/act.js";
import { REKEY } from "../../../crypto/browser/src/keying.js";
import { verifyRoster } from "../../../crypto/browser/src/roster.js";
import { b64 } from "../../../crypto/browser/src/strict.js";
import { openCase } from "./casefile.js";
import { CannotSign, newKey, offersIn, send, waitingAct, whyNot } from "./changes.js";
import { forgetKeys } from "./generations.js";
import { formerSeeds, identitySeed, signingSeed, untilLocked } from "./keyring.js";
import { standing } from "./login.js";
import { refresh } from "./navigation.js";
import { announce, fill, frame, word } from "./page.js";
import { fetchBytes, fetchJson, SignedOut } from "./requests.js";

const WAITS = 202;

/**
 * @typedef {object} Outcome
 * @property {number} all
 * @property {number} done
 * @property {number} waits
 * @property {Map<string, string>} failed the page's word for why, by case
 * @property {boolean} stopped
 */

/** Listen from now on to the one button. */
export function startAllKeys() {
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form instanceof HTMLFormElement && form.id === "all-keys") {
      event.preventDefault();
      void pressed(form);
    }
  });
}

/** @param {HTMLFormElement} form */
async function pressed(form) {
  const [signing, locked] = [signingSeed(), untilLocked()];
  if (signing === null || locked === null) {
    fill(form, "data-status", word("change-locked"));
    return;
  }
  const button = form.querySelector("button");
  button?.toggleAttribute("disabled", true);
  announce("");
  const ids = (form.dataset.cases ?? "").split(" ").filter(Boolean);
  const told = (at) => fill(form, "data-status", word("all-keys-at", { at, all: ids.length }));
  try {
    await show(await all(ids, signing, locked, told), form);
  } catch (refused) {
    fill(form, "data-status", word(whyNot(refused)));
  } finally {
    signing.fill(0);
    button?.toggleAttribute("disabled", false);
  }
}

/**
 * Make or sign a key for each case. What fails in one stops no other; a lock and the end of the
 * login stop all.
 *
 * @param {string[]} ids
 * @param {Uint8Array} signing seed
 * @param {AbortSignal} locked
 * @param {(at: number) => void} told
 * @returns {Promise<Outcome>}
 */
async function all(ids, signing, locked, told) {
  await standing();
  const roster = verifyRoster(await fetchBytes("/roster", locked), b64(frame().rootKey));
  const outcome = { all: ids.length, done: 0, waits: 0, failed: new Map(), stopped: false };
  for (const [at, id] of ids.entries()) {
    told(at + 1);
    try {
      const status = await keyOne(id, roster, signing, locked);
      status === WAITS ? (outcome.waits += 1) : (outcome.done += 1);
    } catch (refused) {
      if (locked.aborted || refused instanceof SignedOut) {
        outcome.stopped = true;
        break;
      }
      outcome.failed.set(id, whyNot(refused));
    }
  }
  return outcome;
}

/** Make a key for a case, or sign the one that somebody made. @param {string} id */
async function keyOne(id, roster, signing, locked) {
  const manifest = await fetchJson(`/cases/${id}/manifest`, locked);
  const { person, installation, rootKey, drillKey } = frame();
  const seed = /** @type {Uint8Array} */ (identitySeed());
  const reader = { person, seed, former: formerSeeds(), installation, rootKey, drillKey };
  const file = await openCase(id, manifest, reader, (url) => fetchBytes(url, locked));
  try {
    locked.throwIfAborted();
    refuseDoubt(file);
    const work = { id, roster, manifest, file, locked };
    const offer = offersIn(work).find(({ act }) => act.act === REKEY);
    if (offer === undefined) {
      return await send(await newKey(work), signing, locked);
    }
    if (offer.signatures.some(({ by }) => by === person)) {
      return WAITS;
    }
    const { act } = await waitingAct(work, actHash(offer.act));
    return await send({ act, files: {} }, signing, locked);
  } finally {
    forgetKeys(file);
  }
}

/** Nobody is asked about a case here, so what its page would warn of is enough to leave it. */
function refuseDoubt(file) {
  const { journal } = file;
  const clear =
    file.exclusion === null &&
    file.gaps.length === 0 &&
    file.entries.every(({ trouble }) => trouble === "") &&
    journal.stageHolds &&
    journal.acts.every(({ trouble }) => trouble === "");
  if (!clear) {
    throw new CannotSign("all-keys-doubt");
  }
}

/**
 * Show the page as it is now, how it went, and at each case that is left, why.
 *
 * @param {Outcome} outcome
 * @param {HTMLFormElement} form
 */
async function show({ all: count, done, waits, failed, stopped }, form) {
  fill(form, "data-status", "");
  const fresh = await refresh();
  for (const [id, name] of failed) {
    const line = document.querySelector(`[data-needs="${CSS.escape(id)}"]`);
    if (line instanceof HTMLElement) {
      fill(line, "data-status", word(name));
    }
  }
  const counted = { done, waits, failed: failed.size };
  const said = Object.entries(counted)
    .filter(([, number]) => number > 0)
    .map(([name, number]) => word(`all-keys-${name}`, { number, all: count }));
  const ends = [...(stopped ? ["all-keys-stopped"] : []), ...(fresh ? [] : ["not-refreshed"])];
  announce([...said, ...ends.map((name) => word(name))].join(" "));
}
