/**
 * A concern that somebody told a member, sealed as that person's own browser would have sealed it.
 *
 * The key of the case and a receipt code are drawn here and forgotten; only the code is given out,
 * for the member to hand over. What the member adds is an act in their own name: how the concern
 * came, on which day, and into which submission they wrote it.
 */

import { buildAct, signAct } from "../../../crypto/browser/src/act.js";
import { BegunCase } from "../../../crypto/browser/src/begun.js";
import { draw, toHex } from "../../../crypto/browser/src/bytes.js";
import { TooFewReaders, TooLong } from "../../../crypto/browser/src/errors.js";
import { messageDigest } from "../../../crypto/browser/src/message.js";
import { canonical } from "../../../crypto/browser/src/strict.js";

export const ACT = "record-concern";
const ID_SIZE = 16;

/** Nothing was sealed; `word` names the page's reason. */
export class NotRecorded extends Error {
  name = "NotRecorded";

  /** @param {string} word */
  constructor(word) {
    super(word);
    this.word = word;
  }
}

/**
 * @typedef {object} Told what the member wrote down
 * @property {Record<string, string|boolean>} body the answers of a submission
 * @property {string} channel
 * @property {string} came the day
 * @property {string[]} excluded whom it names
 *
 * @typedef {object} Member who writes it down, when, and under which roster
 * @property {string} person
 * @property {Uint8Array} signing seed
 * @property {AbortSignal} signal aborted by a lock, which may come at any time
 * @property {any} roster verified
 * @property {string} today
 * @property {string} lang
 */

/**
 * The fields to post, and the code of the mailbox.
 *
 * Whoever records a concern draws its key. So it must be somebody who may read it: were they named
 * in it, leaving them out would be for show.
 *
 * @param {Told} told
 * @param {Member} member
 * @returns {Promise<{fields: Record<string, string|Uint8Array>, code: string}>}
 */
export async function sealConcern({ body, channel, came, excluded }, member) {
  const { person, signing, signal, roster, today, lang } = member;
  if (excluded.includes(person)) {
    throw new NotRecorded("concern-names-you");
  }
  const begun = await drawn(roster, excluded);
  if (!begun.readers.some(({ id }) => id === person)) {
    throw new NotRecorded("concern-not-reader");
  }
  const message = written(begun, { body, on: today, lang, attachments: [] });
  const { roster: _, ...sealed } = await begun.sealed(message);
  signal.throwIfAborted();
  const act = buildAct({
    installation: roster.installation,
    subject: begun.id,
    act: ACT,
    data: { channel, came, submission: messageDigest(message) },
    roster: roster.hash,
    on: today,
    previous: null,
  });
  const fields = {
    id: toHex(draw(ID_SIZE)),
    act: new TextDecoder().decode(canonical(act)),
    signature: signAct(act, person, signing).signature,
    mailbox_id: begun.mailboxId,
    ...sealed,
  };
  return { fields, code: begun.code.text };
}

async function drawn(roster, excluded) {
  try {
    return await BegunCase.draw(roster, excluded);
  } catch (refused) {
    throw refused instanceof TooFewReaders ? new NotRecorded("concern-too-few") : refused;
  }
}

function written(begun, fields) {
  try {
    return begun.message(fields);
  } catch (refused) {
    throw refused instanceof TooLong ? new NotRecorded("concern-too-long") : refused;
  }
}
