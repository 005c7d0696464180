/**
 * The form page: seal what was written on this device, send it, and show the receipt code.
 *
 * The case key, the code and the text exist only in the variables of one sending; nothing is put
 * into any storage of the browser, and after the receipt is shown nothing of it remains but that.
 */

import { readFiles, readSubmission } from "./answers.js";
import { copyOf, say, showInMain } from "./page.js";
import { showPeople } from "./people.js";
import { Problem } from "./problem.js";
import { Moved, post } from "./requests.js";
import { checkNotExpired, deliveredRoster, pinned } from "./roster.js";
import { NewCase } from "./sealing.js";
import { canSeal, frozen, persistently, sendFiles, takeOver } from "./sending.js";
import { plannedAttachments, Upload } from "./upload.js";

async function send(form) {
  const page = pinned(form);
  const data = new FormData(form);
  const answers = readSubmission(data);
  const files = readFiles(data, page);
  // Before anything is sent: a code that could not be shown would be lost.
  const receipt = copyOf("receipt-template");
  const place = receipt.querySelector("[data-receipt-code]");
  place.textContent = await frozen(form, () => sealAndSend(form, page, { ...answers, files }));
  showInMain(receipt);
  form.reset();
}

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
  const fields = await begun.fields(message, { token: form.elements.token.value, upload });
  await deliver(form, page, fields);
  return begun.code.text;
}

async function deliver(form, page, fields) {
  try {
    await persistently(() => {
      say("sending");
      return post("/sealed/submissions", fields);
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
