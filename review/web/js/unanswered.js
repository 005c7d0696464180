/**
 * What was posted and had no answer: nobody here knows whether the server has recorded it.
 *
 * It is kept as it was sealed, so that trying again sends the same message, which the server
 * records once; and it is looked for in the case whenever the case is read again.
 */

import { Refused, SignedOut } from "./requests.js";

/** @typedef {import("./casefile.js").CaseFile} CaseFile */
/**
 * @typedef {object} Posted
 * @property {string} thread
 * @property {string|null} words what was entered, in clear; null once the tab has locked
 * @property {Record<string, string|Uint8Array>} fields n, digest and envelopes
 */

/** The messages without an answer, at most one for each form of a case. */
export class Unanswered {
  /** @type {Map<string, Posted>} */
  #posted = new Map();

  /** @param {CaseFile} file @param {string} form */
  has(file, form) {
    return this.#posted.has(`${file.id} ${form}`);
  }

  /**
   * Wait for the server's answer, and keep what was posted unless the answer is one.
   *
   * @param {Promise<void>} posting
   * @param {CaseFile} file
   * @param {string} form
   * @param {Posted} posted
   * @param {AbortSignal} locked
   */
  async until(posting, file, form, posted, locked) {
    const name = `${file.id} ${form}`;
    const before = this.#posted.get(name);
    this.#posted.set(name, posted);
    locked.addEventListener("abort", () => (posted.words = null), { once: true });
    try {
      await posting;
    } catch (refused) {
      // An earlier try of the same may have been recorded all the same.
      if (isRefusal(refused) && before?.fields.digest !== posted.fields.digest) {
        this.#posted.delete(name);
      }
      throw refused;
    }
    if (!locked.aborted) {
      this.#posted.delete(name);
    }
  }

  /**
   * The sealed fields of the same words for the same place, or null where they are to be made.
   *
   * @param {CaseFile} file
   * @param {string} form
   * @param {string} words
   */
  sameAgain(file, form, words) {
    const posted = this.#posted.get(`${file.id} ${form}`);
    const next = String((file.heads[posted?.thread ?? ""]?.n ?? 0) + 1);
    return posted?.words === words && posted.fields.n === next ? posted.fields : null;
  }

  /**
   * The case's entry that is what was posted, or null. Once its place is taken, by itself or by
   * another, it is kept no longer.
   *
   * @param {CaseFile} file
   * @param {string} form
   */
  foundIn(file, form) {
    const name = `${file.id} ${form}`;
    const posted = this.#posted.get(name);
    if (posted === undefined) {
      return null;
    }
    const { n, digest } = posted.fields;
    const there = file.entries.filter(
      ({ line }) => line.thread === posted.thread && String(line.n) === n,
    );
    if (there.length > 0) {
      this.#posted.delete(name);
    }
    return there.find(({ line }) => line.digest === digest) ?? null;
  }
}

/** Whether the server has answered that it records nothing. @param {unknown} refused */
function isRefusal(refused) {
  const answered = refused instanceof Refused && refused.status < 500 && refused.status !== 409;
  return answered || refused instanceof SignedOut;
}
