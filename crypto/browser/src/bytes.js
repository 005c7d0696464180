/** Small things over bytes that every format here needs: joining, comparing, hashing, drawing. */

import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";

const encoder = new TextEncoder();

/** The start of every derivation and signature, so that none of ours equals one of elsewhere. */
export const PREFIX = "underrose/v1/";

/** The UTF-8 bytes of text. */
export function utf8(text) {
  return encoder.encode(text);
}

/** All parts, one after the other. */
export function join(...parts) {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Whether both hold the same bytes; for values that are not secret. */
export function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** Lower-case hexadecimal of bytes. */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The SHA-256 of bytes in lower-case hexadecimal, as documents spell hashes. */
export function hashOf(bytes) {
  return toHex(sha256(bytes));
}

/** The SHA-256 of these bytes, as bytes. */
export function digestOf(bytes) {
  return sha256(bytes);
}

/** Size bytes that nobody can predict. */
export function draw(size) {
  return crypto.getRandomValues(new Uint8Array(size));
}

/**
 * The size bytes that this secret gives for this use.
 *
 * The secret must already be hard to guess: this is fast, and slows no guesser down.
 */
export function derive(secret, salt, use, size) {
  return hkdf(sha256, secret, salt, utf8(PREFIX + use), size);
}
