/**
 * The one decoder for base64, hexadecimal, decimal numbers and canonical JSON.
 *
 * Everything here has exactly one accepted spelling per value: what is parsed is rendered again
 * and compared, and a difference is refused as Malformed. A second spelling of a signed or hashed
 * value would be a second identity for it.
 */

import { same, utf8 } from "./bytes.js";
import { Malformed } from "./errors.js";

const LONE_SURROGATE = /\p{Surrogate}/u;
const HEX = /^[0-9a-f]*$/;
// Large enough for any size or count of ours, small enough for a 64-bit reader.
const DECIMAL = /^(0|[1-9][0-9]{0,17})$/;
// A decoder that kept no byte order mark would accept a second spelling of the same document.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The bytes of padded standard base64 (RFC 4648 section 4). Raises Malformed. */
export function b64(text) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text), (symbol) => symbol.charCodeAt(0));
  } catch {
    throw new Malformed("not base64");
  }
  // atob drops white space and takes stray bits and missing padding.
  if (toB64(bytes) !== text) {
    throw new Malformed("not canonical base64");
  }
  return bytes;
}

/** Padded standard base64 of bytes. */
export function toB64(bytes) {
  // Spreading a large array into one call would overflow the stack.
  const step = 0x2000;
  let binary = "";
  for (let at = 0; at < bytes.length; at += step) {
    binary += String.fromCharCode(...bytes.subarray(at, at + step));
  }
  return btoa(binary);
}

/** The bytes of standard base64 without padding, as age headers spell it. Raises Malformed. */
export function b64raw(text) {
  if (text.includes("=")) {
    throw new Malformed("base64 must not be padded here");
  }
  return b64(text + "=".repeat((4 - (text.length % 4)) % 4));
}

/** Standard base64 of bytes without padding. */
export function toB64raw(bytes) {
  return toB64(bytes).replace(/=+$/, "");
}

/** The size bytes of lower-case hexadecimal text. Raises Malformed. */
export function hexBytes(text, size) {
  if (typeof text !== "string" || text.length !== 2 * size || !HEX.test(text)) {
    throw new Malformed(`not ${size} bytes of lower-case hexadecimal`);
  }
  return Uint8Array.from({ length: size }, (_, at) => parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

/**
 * The number, a BigInt, that text writes in ASCII digits, without sign or leading zeroes.
 *
 * Raises Malformed also above eighteen digits.
 */
export function decimal(text) {
  if (!DECIMAL.test(text)) {
    throw new Malformed("not a decimal number");
  }
  return BigInt(text);
}

/**
 * The RFC 8785 rendering of value, as bytes.
 *
 * Our documents hold strings, whole numbers of at most 2^53 − 1, true, false, null, arrays and
 * objects. Raises TypeError for anything else: such a value is a mistake of the caller.
 */
export function canonical(value) {
  return utf8(render(value));
}

function render(value) {
  if (value === null || typeof value === "boolean") {
    return String(value);
  }
  if (typeof value === "string") {
    return renderText(value);
  }
  if (typeof value === "number") {
    return renderNumber(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map(render).join(",")}]`;
  }
  if (typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) {
    throw new TypeError("JSON cannot say this");
  }
  // The default order of sort() is that of UTF-16 code units, which RFC 8785 asks for.
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${renderText(name)}:${render(value[name])}`).join(",")}}`;
}

function renderText(text) {
  if (LONE_SURROGATE.test(text)) {
    throw new TypeError("half a surrogate pair is no character");
  }
  return JSON.stringify(text);
}

function renderNumber(number) {
  if (!Number.isSafeInteger(number) || Object.is(number, -0)) {
    throw new TypeError("not a whole number that every reader holds exactly");
  }
  return String(number);
}

/**
 * The value whose RFC 8785 rendering is these bytes. Raises Malformed.
 *
 * A name given twice, another order, white space or another spelling of a number or a string all
 * render differently and are refused.
 */
export function parseCanonical(bytes) {
  let value;
  let rendered;
  try {
    value = JSON.parse(decoder.decode(bytes));
    rendered = canonical(value);
  } catch {
    throw new Malformed("not canonical JSON");
  }
  if (!same(rendered, bytes)) {
    throw new Malformed("not canonical JSON");
  }
  return value;
}
