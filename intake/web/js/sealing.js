/**
 * What leaves the browser: a submission or a follow-up as the sealed fields of one request.
 *
 * Pure but for drawing keys: it knows neither the page nor the network, and nothing here is kept
 * beyond the objects it returns.
 */

import { BegunCase } from "../../../crypto/browser/src/begun.js";
import { draw, hashOf, join, toHex } from "../../../crypto/browser/src/bytes.js";
import {
  buildMessage,
  messageBytes,
  messageDigest,
  nextPlace,
  sealMessage,
} from "../../../crypto/browser/src/message.js";

const NONCE_SIZE = 32;

/** A new case, with the fields by which the form sends it. */
export class NewCase extends BegunCase {
  /** The fields of the one request that makes the submission visible; kept is of commitTo. */
  async fields(message, { token, upload, kept }) {
    return {
      ...(await this.sealed(message)),
      token,
      lookup: toHex(this.keys.lookup),
      ...hashes(message, kept),
      upload: upload.secret,
      slices: upload.slices,
    };
  }
}

/**
 * The message and the nonce of a commitment to it, drawn here: what its sender may keep.
 *
 * Only who has both can show later that the message was this one. They are for the page that has
 * just sent it; whoever does not ask for them there has nothing of it left.
 */
export function commitTo(message) {
  return { nonce: draw(NONCE_SIZE), text: messageBytes(message) };
}

/** The signed follow-up after the head of an opened mailbox. Raises TooLong. */
export function followUp({ roster, mailbox, keys, body, on, lang, attachments }) {
  const fields = {
    kind: "follow-up",
    place: nextPlace(roster.installation, mailbox.caseId, mailbox.head),
    roster: roster.hash,
    on,
    lang,
    body,
    attachments,
    sealed_in: "browser",
  };
  return buildMessage(fields, keys.signingSeed);
}

/** The fields of the one request that makes a follow-up visible; kept is of commitTo. */
export async function followUpFields(message, { token, keys, mailbox, upload, kept }) {
  return {
    token,
    lookup: toHex(keys.lookup),
    n: message.for.n,
    previous: message.for.previous,
    ...hashes(message, kept),
    upload: upload.secret,
    slices: upload.slices,
    envelope: await sealMessage(message, mailbox.recipient),
  };
}

function hashes(message, { nonce, text }) {
  return { digest: messageDigest(message), commitment: hashOf(join(nonce, text)) };
}
