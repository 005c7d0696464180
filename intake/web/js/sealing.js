/**
 * What leaves the browser: a submission or a follow-up as the sealed fields of one request.
 *
 * Pure but for drawing keys: it knows neither the page nor the network, and nothing here is kept
 * beyond the objects it returns.
 */

import { recipientFromSeed, SEED_SIZE } from "../../../crypto/browser/src/age.js";
import { draw, hashOf, join, toHex } from "../../../crypto/browser/src/bytes.js";
import {
  caseId,
  chooseReaders,
  sealGrant,
  sealRouting,
  signMailbox,
} from "../../../crypto/browser/src/case.js";
import {
  buildMessage,
  messageBytes,
  messageDigest,
  nextPlace,
  sealMessage,
} from "../../../crypto/browser/src/message.js";
import { mailboxId, ReceiptCode } from "../../../crypto/browser/src/receipt.js";

const NONCE_SIZE = 32;

/** A new case: its key, who may hold it, and the receipt code of who begins it. */
export class NewCase {
  /** Raises TooFewReaders. */
  static async draw(roster, excluded) {
    const readers = chooseReaders(roster, excluded);
    const seed = draw(SEED_SIZE);
    const recipient = await recipientFromSeed(seed);
    const code = ReceiptCode.draw();
    const keys = code.keys(roster.installation);
    const mailbox = await recipientFromSeed(keys.mailboxSeed);
    return Object.assign(new NewCase(), {
      roster, excluded, readers, seed, recipient, code, keys, mailbox,
    });
  }

  /** The signed submission. Raises TooLong. */
  message({ body, on, lang, attachments }) {
    const fields = {
      kind: "submission",
      place: nextPlace(this.roster.installation, caseId(this.recipient)),
      roster: this.roster.hash,
      on,
      lang,
      body,
      excluded: this.excluded,
      attachments,
      sealed_in: "browser",
      mailbox: this.mailbox,
    };
    return buildMessage(fields, this.keys.signingSeed, this.seed);
  }

  /** The fields of the one request that makes the submission visible; kept is of commitTo. */
  async fields(message, { token, upload, kept }) {
    const recipients = this.readers.map((reader) => reader.recipient);
    return {
      token,
      roster: this.roster.hash,
      lookup: toHex(this.keys.lookup),
      mailbox: this.mailbox,
      case: this.recipient,
      case_signature: this.#mailboxRecord().signature,
      submitter_key: message.submitter_key,
      ...hashes(message, kept),
      upload: upload.secret,
      slices: upload.slices,
      envelope: await sealMessage(message, this.recipient),
      grant: await sealGrant(this.seed, recipients, this.roster.slots),
      routing: await sealRouting(
        { roster: this.roster.hash, excluded: this.excluded }, this.roster.routing,
      ),
    };
  }

  #mailboxRecord() {
    const record = {
      installation: this.roster.installation,
      mailbox: mailboxId(this.keys.lookup),
      recipient: this.recipient,
    };
    return signMailbox(record, this.keys.signingSeed);
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
