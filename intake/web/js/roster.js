/**
 * The committee's roster as the service hands it out, believed only with the root key's signature.
 */

import { verifyRoster } from "../../../crypto/browser/src/roster.js";
import { b64 } from "../../../crypto/browser/src/strict.js";
import { Problem } from "./problem.js";
import { get } from "./requests.js";

/** What the page pins: the installation, the root key and the day. */
export function pinned(form) {
  const { installation, rootKey, today, maxFiles, maxFileBytes, maxTotalBytes } = form.dataset;
  return {
    installation,
    rootKey: b64(rootKey),
    today,
    lang: document.documentElement.lang || "en",
    maxFiles: Number(maxFiles),
    maxFileBytes: Number(maxFileBytes),
    maxTotalBytes: Number(maxTotalBytes),
  };
}

/** The roster that the service delivers now. Raises NoAnswer, Busy and Problem. */
export async function deliveredRoster(page) {
  return believed(await get("/roster"), page);
}

/**
 * Refuse a roster that had expired on the day of the page. Raises Problem.
 *
 * A page may have been open for days, so its day is not compared with the roster's first one.
 * Which epochs were seen before and whether this is a demonstration, the service's own settings
 * know; a page has no memory and would only repeat what it was told.
 */
export function checkNotExpired(roster, { today }) {
  // Days are spelled so that their order is that of their text.
  if (today > roster.expires_on) {
    throw new Problem("busy");
  }
}

/** The roster in bytes, signed for this installation. Raises as verifyRoster does, and Problem. */
export function believed(bytes, { installation, rootKey }) {
  const roster = verifyRoster(bytes, rootKey);
  if (roster.installation !== installation) {
    throw new Problem("not-genuine");
  }
  return roster;
}
