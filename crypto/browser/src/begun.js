/**
 * A case that begins: its key, who may hold it, and the receipt code of its mailbox.
 *
 * Pure but for drawing keys. A submitter's browser begins one on the form, and a member's for a
 * concern that came by letter, by telephone or in person; nothing tells the two apart but who
 * signs for it.
 */

import { recipientFromSeed, SEED_SIZE } from "./age.js";
import { draw } from "./bytes.js";
import { caseId, chooseReaders, sealGrant, sealRouting, signMailbox } from "./case.js";
import { buildMessage, nextPlace, sealMessage } from "./message.js";
import { mailboxId, ReceiptCode } from "./receipt.js";

/** A new case: its key, who may hold it, and the receipt code of who begins it. */
export class BegunCase {
  /** Raises TooFewReaders. */
  static async draw(roster, excluded) {
    const readers = chooseReaders(roster, excluded);
    const seed = draw(SEED_SIZE);
    const recipient = await recipientFromSeed(seed);
    const code = ReceiptCode.draw();
    const keys = code.keys(roster.installation);
    const mailbox = await recipientFromSeed(keys.mailboxSeed);
    return Object.assign(new this(), {
      roster, excluded, readers, seed, recipient, code, keys, mailbox,
    });
  }

  /** The name of the case. */
  get id() {
    return caseId(this.recipient);
  }

  /** The name of its mailbox, which opens nothing. */
  get mailboxId() {
    return mailboxId(this.keys.lookup);
  }

  /** The signed submission. Raises TooLong. */
  message({ body, on, lang, attachments }) {
    const fields = {
      kind: "submission",
      place: nextPlace(this.roster.installation, this.id),
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

  /** What a server keeps of a submission, and may: it opens none of it. */
  async sealed(message) {
    const recipients = this.readers.map((reader) => reader.recipient);
    return {
      roster: this.roster.hash,
      mailbox: this.mailbox,
      case: this.recipient,
      case_signature: this.#mailboxRecord().signature,
      submitter_key: message.submitter_key,
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
      mailbox: this.mailboxId,
      recipient: this.recipient,
    };
    return signMailbox(record, this.keys.signingSeed);
  }
}
