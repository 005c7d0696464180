/**
 * Every request the console's script makes: same origin, no cache, nothing secret in an address.
 *
 * What goes out of this module is coded values and envelopes. A test reads all of it.
 */

/** The login has ended or the page is no longer there for this person. */
export class SignedOut extends Error {
  name = "SignedOut";
}

const STEP_UP = "step-up";
let signedOut = () => {};
/** @type {() => Promise<boolean>} */
let unconfirmed = async () => false;

/** Let somebody know of every answer that says that the login has ended. @param {() => void} hear */
export function whenSignedOut(hear) {
  signedOut = hear;
}

/**
 * Let somebody show that it is them when the server wants to know; the request is then sent again.
 *
 * @param {() => Promise<boolean>} show whether they have
 */
export function whenUnconfirmed(show) {
  unconfirmed = show;
}

/** The server answered, but not with what was asked for. */
export class Refused extends Error {
  name = "Refused";

  /**
   * @param {number} status
   * @param {string} [reason] a code, where the answer gives one
   * @param {string[]} [reasons] sentences, where it gives them
   */
  constructor(status, reason = "", reasons = []) {
    super(`answered with ${status}`);
    this.status = status;
    this.reason = reason;
    this.reasons = reasons;
  }
}

/**
 * An address on this page's own origin, or a RangeError: a manifest cannot send us elsewhere.
 *
 * @param {string} path
 * @returns {string}
 */
export function ownAddress(path) {
  const address = new URL(path, location.href);
  if (address.origin !== location.origin) {
    throw new RangeError("an address of another origin");
  }
  return address.pathname + address.search;
}

/**
 * The bytes at an address of our own.
 *
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<Uint8Array>}
 */
export async function fetchBytes(path, signal) {
  const answer = await ask(path, { signal });
  return new Uint8Array(await answer.arrayBuffer());
}

/**
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function fetchJson(path, signal) {
  return (await ask(path, { signal })).json();
}

/**
 * The text of a page of ours.
 *
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<string>}
 */
export async function fetchPage(path, signal) {
  const answer = await ask(path, { signal });
  if (!(answer.headers.get("Content-Type") ?? "").startsWith("text/html")) {
    throw new TypeError("not a page");
  }
  return answer.text();
}

/**
 * Post fields; bytes go as nameless octet-stream parts.
 *
 * @param {string} path
 * @param {Record<string, string|Uint8Array>} fields
 * @param {AbortSignal} [signal]
 * @returns {Promise<number>} the status of the answer
 */
export async function post(path, fields, signal) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === "string") {
      body.append(name, value);
    } else {
      body.append(name, new Blob([value], { type: "application/octet-stream" }), "envelope");
    }
  }
  return (await ask(path, { method: "POST", body, signal })).status;
}

/**
 * What a script's own question is answered with; null where the answer is empty.
 *
 * @param {string} path
 * @param {Record<string, string>} fields
 * @returns {Promise<any>}
 */
export async function postJson(path, fields) {
  const answer = await ask(path, { method: "POST", body: new URLSearchParams(fields) });
  return answer.status === 204 ? null : answer.json();
}

/**
 * The page that answers a form of ours, also when it says what is wrong with what was filled in.
 *
 * @param {string} path
 * @param {FormData} body
 * @param {AbortSignal} [signal]
 * @returns {Promise<string>}
 */
export async function postForm(path, body, signal) {
  const answer = await ask(path, { method: "POST", body, signal }, [400, 409]);
  return answer.text();
}

/**
 * @param {string} path
 * @param {RequestInit} init
 * @param {number[]} [welcome] statuses that are answers too
 * @param {boolean} [isAgain] after the person has shown that it is them
 * @returns {Promise<Response>}
 */
async function ask(path, init, welcome = [], isAgain = false) {
  const answer = await fetch(ownAddress(path), {
    ...init,
    cache: "no-store",
    credentials: "same-origin",
    // A redirect here is the way to the sign-in page, never to what was asked for.
    redirect: "manual",
    referrerPolicy: "no-referrer",
  });
  if (answer.type === "opaqueredirect" || answer.status === 401) {
    signedOut();
    throw new SignedOut();
  }
  if (answer.ok || welcome.includes(answer.status)) {
    return answer;
  }
  const { reason, reasons } = await reasonIn(answer);
  if (reason === STEP_UP && !isAgain && (await unconfirmed())) {
    return ask(path, init, welcome, true);
  }
  throw new Refused(answer.status, reason, reasons);
}

/** The code and the sentences that an answer gives for its refusal. @param {Response} answer */
async function reasonIn(answer) {
  if (answer.headers.get("Content-Type") !== "application/json") {
    return { reason: "", reasons: [] };
  }
  const { reason, reasons } = await answer.json().catch(() => ({}));
  return {
    reason: typeof reason === "string" ? reason : "",
    reasons: Array.isArray(reasons) ? reasons.map(String) : [],
  };
}
