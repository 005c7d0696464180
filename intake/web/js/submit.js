/**
 * The form page: seal what was written on this device, send it, and show the receipt code.
 *
 * The case key, the code and the text exist only in the variables of one sending; nothing is put
 * into any storage of the browser. After the receipt is shown, what remains until the page is left is
 * that and the two small files which it offers for keeping.
 */

import { readFiles, readSubmission } from "./answers.js";
import { offerFiles } from "./keeping.js";
import { copyOf, say, showInMain } from "./page.js";
import { showPeople } from "./people.js";
import { Problem } from "./problem.js";
import { Moved, post } from "./requests.js";
import { checkNotExpired, deliveredRoster, pinned } from "./roster.js";
import { commitTo, NewCase } from "./sealing.js";
import { canSeal, frozen, paid, persistently, sendFiles, takeOver } from "./sending.js";
import { plannedAttachments, Upload } from "./upload.js";

async function send(form) {
  const page = pinned(form);
  const data = new FormData(form);
  const answers = readSubmission(data);
  const files = readFiles(data, page);
  // Before anything is sent: a code that could not be shown would be lost.
  const receipt = copyOf("receipt-template");
  const place = receipt.querySelector("[data-receipt-code]");
  const sent = await frozen(form, () => sealAndSend(form, page, { ...answers, files }));
  place.textContent = sent.code;
  offerFiles(receipt, sent);
  showInMain(receipt);
  form.reset();
}

/** What was sent: the receipt code, and the statement and the kept text that belong to it. */
async function sealAndSend(form, page, { body, excluded, files }) {
  say("sealing");
  const roster = await persistently(() => deliveredRoster(page));
  if (roster.hash !== form.dataset.roster) {
    showPeople(form, roster);
    throw new Problem("roster-changed");
  }
  checkNotExpired(roster, page);
  const begun = await NewCase.draw(roster, excluded);
  const written = { body, on: page.today, lang: page.lang };
  // Too long a text must show before the files are sent and not after.
  begun.message({ ...written, attachments: plannedAttachments(files) });
  const upload = new Upload(files, begun.recipient);
  await sendFiles(upload);
  say("sealing");
  const message = begun.message({ ...written, attachments: upload.attachments });
  const kept = commitTo(message);
  const fields = await begun.fields(message, { token: form.elements.token.value, upload, kept });
  const statement = await deliver(form, page, fields);
  return { code: begun.code.text, statement, kept };
}

async function deliver(form, page, fields) {
  try {
    return await paid(form, ({ price }) => {
      say("sending");
      return post("/sealed/submissions", { ...fields, price });
    });
  } catch (failure) {
    if (!(failure instanceof Moved && failure.reason === "roster")) {
      throw failure;
    }
    showPeople(form, await persistently(() => deliveredRoster(page)));
    throw new Problem("roster-changed");
  }
}

const form = document.getElementById("submission");
if (form && canSeal()) {
  takeOver(form, send);
}
