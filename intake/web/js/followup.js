/**
 * The follow-up page: open what the committee left, and seal what is added, on this device.
 *
 * Of the receipt code only the lookup derived from it is sent. Nothing is put into any storage of
 * the browser; what was opened is gone when the page is left.
 */

import { ReceiptCode } from "../../../crypto/browser/src/receipt.js";
import { toHex } from "../../../crypto/browser/src/bytes.js";
import { MalformedCode } from "../../../crypto/browser/src/errors.js";
import { readFiles, readFollowUp } from "./answers.js";
import { showMailbox } from "./letters.js";
import { openMailbox } from "./mailbox.js";
import { offerFiles } from "./keeping.js";
import { copyOf, say, sayNothing, showInMain } from "./page.js";
import { Problem } from "./problem.js";
import { Moved, post } from "./requests.js";
import { checkNotExpired, deliveredRoster, pinned } from "./roster.js";
import { commitTo, followUp, followUpFields } from "./sealing.js";
import { canSeal, frozen, paid, persistently, sendFiles, takeOver } from "./sending.js";
import { plannedAttachments, Upload } from "./upload.js";

// How often a follow-up is placed anew because another one came between.
const PLACINGS = 3;

function act(form, chosen) {
  return chosen === "send" ? add(form) : read(form);
}

async function read(form) {
  const page = pinned(form);
  const keys = keysIn(form, page);
  const mailbox = await frozen(form, () => fetchMailbox(form, keys, "read"));
  sayNothing();
  showMailbox(mailbox, page);
}

async function add(form) {
  const page = pinned(form);
  const data = new FormData(form);
  const keys = keysIn(form, page);
  const body = readFollowUp(data);
  const files = readFiles(data, page);
  const sent = copyOf("sent-template");
  offerFiles(sent, await frozen(form, () => sealAndSend(form, page, { keys, body, files })));
  showInMain(sent);
  form.reset();
}

function keysIn(form, { installation }) {
  try {
    return ReceiptCode.parse(form.elements.code.value).keys(installation);
  } catch (failure) {
    if (failure instanceof MalformedCode) {
      throw new Problem(`code-${failure.looksLike}`, { field: "code" });
    }
    throw failure;
  }
}

/** The opened mailbox; act says for what: to "read" it, or to "send" something after. */
async function fetchMailbox(form, keys, act) {
  const answer = await paid(form, ({ token, price }) => {
    say("opening");
    return post("/sealed/mailbox", { lookup: toHex(keys.lookup), act, token, price });
  });
  const mailbox = await openMailbox(answer, keys, pinned(form));
  if (mailbox === null) {
    throw new Problem("nothing-found", { field: "code" });
  }
  // What the committee wrote can be read all the same; nothing is sealed to a key of somebody's.
  if (act === "send" && mailbox.recipient === null) {
    throw new Problem("not-genuine");
  }
  return mailbox;
}

/** The statement and the kept text of what was sent. */
async function sealAndSend(form, page, { keys, body, files }) {
  const roster = await persistently(() => deliveredRoster(page));
  checkNotExpired(roster, page);
  const mailbox = await fetchMailbox(form, keys, "send");
  const written = { roster, keys, body, on: page.today, lang: page.lang };
  // Too long a text must show before the files are sent and not after.
  followUp({ ...written, mailbox, attachments: plannedAttachments(files) });
  const upload = new Upload(files, mailbox.recipient);
  await sendFiles(upload);
  const token = form.elements.token.value;
  return place(form, written, { token, keys, upload, mailbox });
}

/** Send the follow-up after the head; when the head has moved meanwhile, after the new one. */
async function place(form, written, sending) {
  let { mailbox } = sending;
  for (let placing = 1; ; placing += 1) {
    say("sealing");
    const message = followUp({ ...written, mailbox, attachments: sending.upload.attachments });
    const kept = commitTo(message);
    const fields = await followUpFields(message, { ...sending, mailbox, kept });
    try {
      return { statement: await deliver(form, fields), kept };
    } catch (failure) {
      const moved = failure instanceof Moved && failure.reason === "head";
      if (!moved || placing === PLACINGS) {
        throw failure;
      }
    }
    mailbox = await fetchMailbox(form, sending.keys, "send");
    if (mailbox.recipient !== sending.upload.recipient) {
      // The slices of the files are sealed to a key that is no longer the case's.
      throw new Problem("refused");
    }
  }
}

function deliver(form, fields) {
  return paid(form, ({ price }) => {
    say("sending");
    return post("/sealed/follow-ups", { ...fields, price });
  });
}

const form = document.getElementById("follow-up");
if (form && canSeal()) {
  takeOver(form, act);
  // Browsers keep pages that were left; whoever comes back must not find the code in its field.
  window.addEventListener("pagehide", () => {
    form.elements.code.value = "";
  });
}
