/**
 * Reading a JSON document strictly: exactly these keys, exactly these types and spellings.
 *
 * A Document asks for each field in the one form it may have and raises the error class of its
 * format for any other, so that a format's module reads as a list of its fields.
 */

import { checkRecipient } from "./age.js";
import { Malformed } from "./errors.js";
import { b64, parseCanonical } from "./strict.js";

export const VERSION = 1;
export const MAX_IDS = 20;
const KEY_SIZE = 32;
const SIGNATURE_SIZE = 64;
const ID = /^[a-z0-9-]{1,16}$/;
const HASH = /^[0-9a-f]{64}$/;
const INSTALLATION = /^[0-9a-f]{32}$/;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** The value that these canonical bytes spell; raises error, a class, for any others. */
export function parseValue(bytes, error) {
  return refusing(() => parseCanonical(bytes), (refused) => new error(refused.message));
}

function refusing(read, translated) {
  try {
    return read();
  } catch (refused) {
    if (refused instanceof Malformed) {
      throw translated(refused);
    }
    throw refused;
  }
}

function isDay(text) {
  // Date.parse turns the 31st of a shorter month into a day of the next one; its day does not.
  const time = DAY.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  const real = !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
  return real && !text.startsWith("0000");
}

/** An object from the world with exactly the expected keys. */
export class Document {
  #value;
  #error;

  constructor(value, keys, error) {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    const found = isObject ? Object.keys(value) : [];
    if (!isObject || found.length !== keys.length || !keys.every((key) => found.includes(key))) {
      throw new error("not an object with the expected keys");
    }
    this.#value = value;
    this.#error = error;
  }

  #check(held, key, expected) {
    if (!held) {
      // The name of the field comes from our own list of keys; its value is never told.
      throw new this.#error(`${key} is not ${expected}`);
    }
    return this.#value[key];
  }

  /** The object under key, with exactly these keys of its own. */
  part(key, keys) {
    return new Document(this.#value[key], keys, this.#error);
  }

  /** The objects in the list under key, at most limit of them. */
  parts(key, limit, keys) {
    return this.#list(key, limit).map((value) => new Document(value, keys, this.#error));
  }

  #list(key, limit) {
    const value = this.#value[key];
    return this.#check(
      Array.isArray(value) && value.length <= limit, key, `a list of at most ${limit}`,
    );
  }

  /** The text under key; longest and shortest count code points. */
  text(key, longest = Infinity, shortest = 0) {
    const value = this.#value[key];
    const size = typeof value === "string" ? Array.from(value).length : -1;
    return this.#check(shortest <= size && size <= longest, key, "text of a length it may have");
  }

  /** The text under key, which is one line that is not empty. */
  line(key, longest) {
    return this.#check(!CONTROL.test(this.text(key, longest, 1)), key, "one line");
  }

  /** The text under key, which is one of the choices. */
  choice(key, choices) {
    return this.#check(choices.includes(this.text(key)), key, "one of its coded values");
  }

  /** The text under key, which matches the pattern. */
  matching(key, pattern, expected) {
    return this.#check(pattern.test(this.text(key)), key, expected);
  }

  /** The whole number under key, not below lowest. */
  whole(key, lowest = 0) {
    const value = this.#value[key];
    const held = Number.isSafeInteger(value) && value >= lowest;
    return this.#check(held, key, "a whole number in its range");
  }

  /** The true or false under key. */
  flag(key) {
    return this.#check(typeof this.#value[key] === "boolean", key, "true or false");
  }

  /** Return if the document is of the version that we read. */
  version() {
    this.#check(this.#value.v === VERSION, "v", "the version that is read here");
  }

  /** The day under key, as it is spelled. */
  day(key) {
    return this.#check(isDay(this.text(key)), key, "a day");
  }

  /** Whether the value under key is null. */
  isNull(key) {
    return this.#value[key] === null;
  }

  /** The SHA-256 under key, as it is spelled. */
  hash(key) {
    return this.matching(key, HASH, "a SHA-256");
  }

  /** The installation id, as it is spelled. */
  installation() {
    return this.matching("installation", INSTALLATION, "an installation id");
  }

  /** The id of a person. */
  id(key = "id") {
    return this.matching(key, ID, "an id");
  }

  /** The Ed25519 key under key, as it is spelled. */
  key(key) {
    return this.#bytes(key, KEY_SIZE);
  }

  /** The document's signature, as it is spelled. */
  signature(key = "signature") {
    return this.#bytes(key, SIGNATURE_SIZE);
  }

  #bytes(key, size) {
    const expected = () => new this.#error(`${key} is not ${size} bytes of base64`);
    const bytes = refusing(() => b64(this.text(key)), expected);
    return this.#check(bytes.length === size, key, `${size} bytes of base64`);
  }

  /** The recipient under key, as its text. */
  recipient(key) {
    const expected = () => new this.#error(`${key} is not a recipient`);
    return refusing(() => checkRecipient(this.text(key)), expected);
  }

  /** The Ed25519 keys in the list under key. */
  keys(key, limit) {
    const values = this.#list(key, limit);
    return values.map((value) => new Document({ [key]: value }, [key], this.#error).key(key));
  }

  /** The ids of people in the list under key, in ascending order and without repeats. */
  ids(key) {
    const values = this.#list(key, MAX_IDS);
    const held = values.every(
      (id, at) => typeof id === "string" && ID.test(id) && (at === 0 || values[at - 1] < id),
    );
    return this.#check(held, key, "a list of ids in order");
  }
}
