/**
 * The login behind this tab: kept while somebody works here, told about when it has ended, and
 * taken up again when the same person has signed in anew in another tab.
 *
 * Nobody who writes a long reply makes a request, so without this the server would end the login
 * under their hands. A login that ends takes nothing from the page.
 */

import { renewFrame } from "./navigation.js";
import { frame } from "./page.js";
import { fetchBytes, post, Refused, SignedOut, whenSignedOut } from "./requests.js";
import { lockOthers } from "./tabs.js";

const HERE = "/me/here";
const AT_MOST_EVERY = 60_000;

let ended = false;
let told = -AT_MOST_EVERY;
let telling = false;

/** Watch what the server answers, and come back to a login that was renewed elsewhere. */
export function startLogin() {
  whenSignedOut(() => {
    showEnded(true);
    lockOthers();
  });
  const back = () => void (document.visibilityState === "visible" && standing());
  document.addEventListener("visibilitychange", back);
  addEventListener("focus", back);
}

/**
 * Tell the server that somebody is here: at once, or as soon as a minute has gone since the last
 * time, so that the login never ends before this tab locks by itself.
 *
 * @param {() => boolean} unlocked asked again before anything is sent
 */
export function touched(unlocked) {
  if (telling || !unlocked()) {
    return;
  }
  telling = true;
  setTimeout(() => void tell(unlocked), Math.max(0, told + AT_MOST_EVERY - Date.now()));
}

/** @param {() => boolean} unlocked */
async function tell(unlocked) {
  telling = false;
  if (!unlocked()) {
    return;
  }
  told = Date.now();
  try {
    await fetchBytes(HERE);
  } catch (refused) {
    // An ended login is told about where every answer is looked at; a lost one will be told again.
    letPass(refused);
  }
}

/**
 * Whether the login stands, as far as this tab knows; after it had ended, whether it does again.
 *
 * @returns {Promise<boolean>}
 */
export async function standing() {
  return !ended || renewed();
}

/**
 * Post with the token of this login, and once more with a new one if the login is another now.
 *
 * @param {string} path
 * @param {Record<string, string|Uint8Array>} fields
 * @param {AbortSignal} [signal]
 */
export async function postAsSelf(path, fields, signal) {
  const { csrf } = frame();
  try {
    return await post(path, { ...fields, csrf }, signal);
  } catch (refused) {
    const stale = refused instanceof Refused && refused.status === 403;
    if (!stale || !(await renewed()) || frame().csrf === csrf) {
      throw refused;
    }
    return post(path, { ...fields, csrf: frame().csrf }, signal);
  }
}

/** @returns {Promise<boolean>} whether there is a login of this person */
async function renewed() {
  try {
    await renewFrame();
  } catch (refused) {
    letPass(refused);
    return false;
  }
  showEnded(false);
  return true;
}

/** @param {unknown} refused thrown on unless the network or the server said it */
function letPass(refused) {
  const named = refused instanceof Refused || refused instanceof SignedOut;
  // fetch says TypeError when there was no answer, and a page of somebody else has been gone to.
  if (!named && !(refused instanceof TypeError)) {
    throw refused;
  }
}

/** @param {boolean} now */
function showEnded(now) {
  ended = now;
  document.getElementById("login-ended")?.toggleAttribute("hidden", !now);
}
