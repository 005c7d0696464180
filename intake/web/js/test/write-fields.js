/**
 * Prints what the browser would send, for tests of who receives it: a roster's bytes and the seed
 * of its root key come in as JSON on standard input, the fields of a submission and of a follow-up
 * go out, bytes in base64, with the receipt code that only the submitter would know.
 */

import { readFileSync } from "node:fs";
import { caseId } from "../../../../crypto/browser/src/case.js";
import { verifyRoster } from "../../../../crypto/browser/src/roster.js";
import { b64, toB64 } from "../../../../crypto/browser/src/strict.js";
import { keptBytes } from "../../../../crypto/browser/src/kept.js";
import { commitTo, followUp, followUpFields, NewCase } from "../sealing.js";
import { Upload } from "../upload.js";

const given = JSON.parse(readFileSync(0, "utf8"));
const roster = verifyRoster(b64(given.roster), b64(given.root_key));
const written = { on: given.on, lang: "en" };

async function uploaded(contents, recipient, slices) {
  const files = contents.map((content) => new File([b64(content)], "a file.bin"));
  const upload = new Upload(files, recipient);
  await upload.run(() => {}, async (fields) => slices.push(plain(fields)));
  return upload;
}

function plain(fields) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? toB64(value) : value,
    ]),
  );
}

const begun = await NewCase.draw(roster, given.excluded);
const slices = [];
const upload = await uploaded(given.files, begun.recipient, slices);
const message = begun.message({ ...written, body: given.body, attachments: upload.attachments });
const kept = commitTo(message);
const submission = await begun.fields(message, { token: given.token, upload, kept });

const mailbox = {
  recipient: begun.recipient,
  caseId: caseId(begun.recipient),
  head: { n: 1, digest: submission.digest },
};
const nothing = await uploaded([], begun.recipient, []);
const added = followUp({
  ...written, roster, mailbox, keys: begun.keys, body: { text: given.text }, attachments: [],
});
const sending = { token: given.token, keys: begun.keys, mailbox, upload: nothing, kept: commitTo(added) };
const followed = await followUpFields(added, sending);

console.log(JSON.stringify({
  code: begun.code.text,
  kept: toB64(keptBytes(kept.nonce, kept.text)),
  submission: plain(submission),
  slices,
  follow_up: plain(followed),
}));
