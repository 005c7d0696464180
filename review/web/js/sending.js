/**
 * What a reader adds to a case: built, signed and sealed here; only envelopes leave the tab.
 *
 * A reply or a state is sealed twice: to the mailbox named inside the opened submission, never to
 * one that the server names, and to the case. A note is sealed to the case alone.
 */

import {
  buildMessage,
  checkMessage,
  messageDigest,
  nextPlace,
  sealMessage,
  thread,
} from "../../../crypto/browser/src/message.js";

/**
 * @typedef {object} Writer who writes, when, and under which roster
 * @property {Uint8Array} signing seed
 * @property {Uint8Array} verifyKey by which every reader will check what the seed signs
 * @property {AbortSignal} signal aborted by a lock, which may come at any time
 * @property {string} installation
 * @property {string} roster its hash
 * @property {string} today
 * @property {string} lang
 */

/**
 * The fields to post for a new message of this kind. Nothing is signed after a lock, and nothing
 * is given out that the other readers would not take for this reader's.
 *
 * @param {"reply"|"state"|"note"} kind
 * @param {Record<string, string|null>} body
 * @param {import("./casefile.js").CaseFile} file
 * @param {Writer} reader
 * @returns {Promise<Record<string, string|Uint8Array>>}
 */
export async function sealedEntry(kind, body, file, reader) {
  const place = nextPlace(reader.installation, file.id, file.heads[thread(kind)] ?? undefined);
  const { roster, today, lang } = reader;
  reader.signal.throwIfAborted();
  const message = buildMessage(
    { kind, place, roster, on: today, lang, body, sealed_in: "browser" },
    reader.signing,
  );
  checkMessage(message, reader.verifyKey);
  const fields = {
    n: String(message.for.n),
    digest: messageDigest(message),
    case_envelope: await sealMessage(message, file.recipient),
  };
  if (kind === "note") {
    return fields;
  }
  return { ...fields, mailbox_envelope: await sealMessage(message, file.submission.mailbox) };
}
