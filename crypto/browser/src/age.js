/**
 * Sealing and opening whole files in the age v1 format, with the library of age's own author.
 *
 * Two recipient types: mlkem768x25519 (X-Wing) for people and cases, and scrypt for files that a
 * passphrase opens. The library says in words what went wrong; here each failure becomes a class
 * of errors.js, and all vectors of the format hold us to it.
 */

import { x25519 } from "@noble/curves/ed25519.js";
import { bech32 } from "@scure/base";
import { Decrypter, Encrypter, identityToRecipient, webauthn } from "age-encryption";
import {
  HeaderTampered,
  MalformedHeader,
  MalformedKey,
  PayloadTampered,
  UnsupportedRecipient,
  WrongIdentity,
  WrongPassphrase,
} from "./errors.js";
import { MLKEM768X25519, NONCE_SIZE, readHeader, SCRYPT } from "./header.js";

export const SEED_SIZE = 32;
const RECIPIENT_PREFIX = "age1pq";
const IDENTITY_PREFIX = "age-secret-key-pq-";
const MLKEM_SIZE = 1184;
const MLKEM_COEFFICIENTS = 1152;
const MLKEM_MODULUS = 3329;
const X25519_SIZE = 32;

/** Bytes as a sealed file that each one of the recipients (age1pq1… texts) can open alone. */
export async function seal(bytes, recipients) {
  if (recipients.length === 0) {
    throw new RangeError("a file must be sealed to somebody");
  }
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    encrypter.addRecipient(checkRecipient(recipient));
  }
  return encrypter.encrypt(bytes);
}

/**
 * The plaintext of a sealed file, opened with an identity's text or 32-byte seed; nothing of it
 * unless all of it is genuine.
 *
 * Raises MalformedHeader, UnsupportedRecipient, WrongIdentity, HeaderTampered, PayloadTampered.
 */
export async function openSealed(sealed, identity) {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identityText(seedOf(identity)));
  return openWith(decrypter, sealed, new WrongIdentity("the file is sealed to somebody else"));
}

/** The plaintext of a file sealed with a passphrase; raises WrongPassphrase, and as openSealed. */
export async function openWithPassphrase(sealed, passphrase) {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  return openWith(decrypter, sealed, new WrongPassphrase("the passphrase does not open this"));
}

/** Bytes as a file that a passphrase opens; 18 as log_n takes a second or two and 256 MiB. */
export async function sealWithPassphrase(bytes, passphrase, logN) {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(logN);
  return encrypter.encrypt(bytes);
}

/**
 * A new passkey of this site that can open files, as text that names it and is no secret.
 *
 * Throws what the browser throws when there is none that can, or the person says no.
 */
export async function newPasskey(name) {
  return webauthn.createCredential({ keyName: name });
}

/** Bytes as a file that this passkey opens, which must be at hand now too. */
export async function sealToPasskey(bytes, passkey) {
  const encrypter = new Encrypter();
  encrypter.addRecipient(new webauthn.WebAuthnRecipient({ identity: passkey }));
  return encrypter.encrypt(bytes);
}

/** The plaintext of a file sealed to this passkey. Throws what the browser and openSealed throw. */
export async function openWithPasskey(sealed, passkey) {
  const passkeys = new webauthn.WebAuthnIdentity({ identity: passkey });
  const header = readHeader(sealed);
  const fileKey = await passkeys.unwrapFileKey(
    header.stanzas.map(({ kind, args, body }) => ({ args: [kind, ...args], body })),
  );
  if (fileKey === null) {
    throw new WrongIdentity("the file is sealed to another passkey");
  }
  const decrypter = new Decrypter();
  decrypter.addIdentity({ unwrapFileKey: () => fileKey });
  return openWith(decrypter, sealed, new WrongIdentity("the file is sealed to another passkey"));
}

async function openWith(decrypter, sealed, noMatch) {
  const header = readHeader(sealed);
  const fileKey = await fileKeyOf(decrypter, sealed.subarray(0, header.size), header, noMatch);
  if (sealed.length < header.size + NONCE_SIZE) {
    throw new MalformedHeader("the file ends right after its header");
  }
  const payload = new Decrypter();
  payload.addIdentity({ unwrapFileKey: () => fileKey });
  try {
    return await payload.decrypt(sealed);
  } catch {
    // Everything before the payload has been read and checked above.
    throw new PayloadTampered("the payload was changed, cut short or extended");
  }
}

async function fileKeyOf(decrypter, head, { stanzas }, noMatch) {
  try {
    return await decrypter.decryptHeader(head);
  } catch (failure) {
    const kinds = stanzas.map((stanza) => stanza.kind);
    if (failure.message === "no identity matched any of the file's recipients") {
      throw kinds.includes(MLKEM768X25519) || kinds.includes(SCRYPT)
        ? noMatch
        : new UnsupportedRecipient("the file is sealed in a way that is not read here", kinds);
    }
    if (failure.message === "invalid header HMAC") {
      throw new HeaderTampered("the header was changed after sealing");
    }
    throw new MalformedHeader("a stanza that no honest sender makes");
  }
}

/** The recipient of the identity that is this 32-byte seed. */
export async function recipientFromSeed(seed) {
  return identityToRecipient(identityText(seed));
}

/** An identity as age's text AGE-SECRET-KEY-PQ-1…, which opens everything for whoever reads it. */
export function identityText(seed) {
  if (seed.length !== SEED_SIZE) {
    throw new RangeError("a seed has 32 bytes");
  }
  return bech32.encodeFromBytes(IDENTITY_PREFIX, seed).toUpperCase();
}

/** The seed of an identity given as its text (in upper case) or as the seed itself. */
export function seedOf(identity) {
  if (identity instanceof Uint8Array) {
    return identity;
  }
  const { prefix, bytes } = decode(identity);
  if (
    prefix !== IDENTITY_PREFIX ||
    bytes.length !== SEED_SIZE ||
    identity !== identity.toUpperCase()
  ) {
    throw new MalformedKey("not an identity of the type AGE-SECRET-KEY-PQ-1…");
  }
  return bytes;
}

/**
 * The same text, if it is a recipient that somebody can hold the identity of.
 *
 * Raises MalformedKey. A point of low order gives everybody the same secret, and a key that is
 * not reduced has a second spelling: both are refused when a roster is read.
 */
export function checkRecipient(text) {
  const { prefix, bytes } = decode(text);
  if (
    prefix !== RECIPIENT_PREFIX ||
    bytes.length !== MLKEM_SIZE + X25519_SIZE ||
    text !== text.toLowerCase()
  ) {
    throw new MalformedKey("not a recipient of the type age1pq1…");
  }
  if (!isReduced(bytes) || isLowOrder(bytes.subarray(MLKEM_SIZE))) {
    throw new MalformedKey("a recipient that nobody could hold the identity of");
  }
  return text;
}

function isReduced(bytes) {
  for (let at = 0; at < MLKEM_COEFFICIENTS; at += 3) {
    const [low, middle, high] = bytes.subarray(at, at + 3);
    const first = low | ((middle & 15) << 8);
    const second = (middle >> 4) | (high << 4);
    if (first >= MLKEM_MODULUS || second >= MLKEM_MODULUS) {
      return false;
    }
  }
  return true;
}

function isLowOrder(point) {
  try {
    // Any scalar will do: the library refuses the all-zero secret that these points give.
    x25519.getSharedSecret(new Uint8Array(X25519_SIZE).fill(1), point);
    return false;
  } catch {
    return true;
  }
}

function decode(text) {
  try {
    const { prefix, words } = bech32.decode(text, false);
    return { prefix, bytes: bech32.fromWords(words) };
  } catch {
    throw new MalformedKey("not in Bech32: mistyped, or not complete");
  }
}
