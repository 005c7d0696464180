/**
 * The only way out of the tab: requests to our own service, with nothing of the device in them.
 *
 * What is posted here has been sealed, or is a lookup, a hash or a number. An answer that did not
 * arrive says nothing about what the service did, so whoever sends must be able to send the same
 * bytes again.
 */

import { Problem } from "./problem.js";

const OPTIONS = {
  credentials: "omit",
  redirect: "error",
  cache: "no-store",
  referrerPolicy: "no-referrer",
};
const BUSY = [429, 503];

/** Nobody answered, or somebody between us and the service did. */
export class NoAnswer extends Problem {
  constructor() {
    super("no-answer");
  }
}

/** The service asks for patience; nothing was kept. */
export class Busy extends Problem {
  constructor() {
    super("busy");
  }
}

/** So much arrives that this has a price; asked is {stamp, bits, seconds}. Nothing was kept. */
export class PriceAsked extends Problem {
  constructor(asked) {
    super("busy");
    this.asked = asked;
  }
}

/** What the sending rests on has moved; reason is "roster" or "head". "full" is final. */
export class Moved extends Problem {
  constructor(reason) {
    super(reason === "full" ? "full" : "refused");
    this.reason = reason;
  }
}

/** The bytes that the service answers to a GET. */
export function get(path) {
  return answer(path, { method: "GET" });
}

/** The bytes that the service answers to these fields; bytes among them go as files. */
export function post(path, fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof Uint8Array) {
      body.set(name, new Blob([value]), name);
    } else {
      body.set(name, String(value));
    }
  }
  return answer(path, { method: "POST", body });
}

async function answer(path, request) {
  let response;
  let bytes;
  try {
    response = await fetch(path, { ...OPTIONS, ...request });
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch {
    throw new NoAnswer();
  }
  if (response.ok) {
    return bytes;
  }
  throw problemOf(response.status, bytes);
}

function problemOf(status, bytes) {
  const said = saidIn(bytes);
  if (status === 409) {
    return new Moved(said.reason);
  }
  if (status === 429 && said.reason === "price") {
    return new PriceAsked(said);
  }
  if (BUSY.includes(status)) {
    return new Busy();
  }
  // A proxy that could not reach the service, or a service that fell over on the way.
  return status >= 500 ? new NoAnswer() : new Problem("refused");
}

function saidIn(bytes) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) ?? {};
  } catch {
    return {};
  }
}

// The waits between five attempts, in milliseconds: a dropped circuit is back within seconds.
const WAITS = [1000, 2000, 4000, 8000];

/**
 * What send gives, tried up to five times while nobody answers or the service is busy.
 *
 * Only for sendings that do no harm twice. wait takes milliseconds.
 */
export async function patiently(send, wait = pause) {
  for (const delay of WAITS) {
    try {
      return await send();
    } catch (failure) {
      if (!(failure instanceof NoAnswer || failure instanceof Busy)) {
        throw failure;
      }
      await wait(delay);
    }
  }
  return send();
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
