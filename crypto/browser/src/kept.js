/** What a submitter may keep to show later that it was this message: its text and its nonce. */

import { toHex } from "./bytes.js";
import { Document, parseValue } from "./document.js";
import { Malformed, MalformedKept } from "./errors.js";
import { MESSAGE_LIMIT } from "./padding.js";
import { b64, canonical, hexBytes, toB64 } from "./strict.js";

export const KEPT_NAME = "kept.json";
const SIZE_LIMIT = 1 << 17;
const NONCE_SIZE = 32;

/** The file of a commitment's nonce and the canonical bytes of the message. */
export function keptBytes(nonce, text) {
  return canonical({ v: 1, nonce: toHex(nonce), text: toB64(text) });
}

/** The nonce and text that these canonical bytes spell. Raises MalformedKept. */
export function parseKept(bytes) {
  if (bytes.length > SIZE_LIMIT) {
    throw new MalformedKept("too long for a kept text");
  }
  const document = new Document(parseValue(bytes, MalformedKept), ["v", "nonce", "text"],
    MalformedKept);
  document.version();
  const nonce = spelled(() => hexBytes(document.text("nonce"), NONCE_SIZE));
  const text = spelled(() => b64(document.text("text")));
  if (text.length === 0 || text.length > MESSAGE_LIMIT) {
    throw new MalformedKept("the text is not of a size that messages have");
  }
  return { nonce, text };
}

function spelled(read) {
  try {
    return read();
  } catch (refused) {
    if (refused instanceof Malformed) {
      throw new MalformedKept("nonce or text is not spelled as it must be");
    }
    throw refused;
  }
}
