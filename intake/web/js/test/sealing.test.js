import assert from "node:assert/strict";
import { test } from "node:test";
import { openSealed } from "../../../../crypto/browser/src/age.js";
import {
  caseId,
  checkMailbox,
  openGrant,
  openRouting,
} from "../../../../crypto/browser/src/case.js";
import { checkPlace, nextPlace, openEnvelope } from "../../../../crypto/browser/src/message.js";
import { mailboxId } from "../../../../crypto/browser/src/receipt.js";
import { b64 } from "../../../../crypto/browser/src/strict.js";
import { asProblem } from "../problem.js";
import { commitTo, followUp, followUpFields, NewCase } from "../sealing.js";
import { ANSWERS, makeCommittee, NO_UPLOAD, ROLES, TODAY } from "./committee.js";

const TOKEN = "00".repeat(15);
const committee = await makeCommittee(ROLES);

async function sealed(excluded, body = ANSWERS) {
  const begun = await NewCase.draw(committee.roster, excluded);
  const message = begun.message({ body, on: TODAY, lang: "en", attachments: [] });
  const kept = commitTo(message);
  const fields = await begun.fields(message, { token: TOKEN, upload: NO_UPLOAD, kept });
  return { begun, fields, message };
}

test("those who may read get the case key, and it opens the message", async () => {
  const { fields, message } = await sealed(["ben"]);
  for (const id of ["ada", "cleo", "dan"]) {
    const seed = await openGrant(fields.grant, committee.seeds[id]);
    assert.deepEqual(await openEnvelope(fields.envelope, seed), message);
  }
  for (const id of ["ben", "eve"]) {
    await assert.rejects(openGrant(fields.grant, committee.seeds[id]), { name: "WrongIdentity" });
  }
  assert.deepEqual(await openRouting(fields.routing, committee.routingSeed), {
    roster: committee.roster.hash,
    excluded: ["ben"],
  });
});

test("counsel reads when only one other is left, and nobody alone", async () => {
  const { fields } = await sealed(["ben", "cleo", "dan"]);
  for (const id of ["ada", "eve"]) {
    assert.equal((await openGrant(fields.grant, committee.seeds[id])).length, 32);
  }
  await assert.rejects(sealed(["ada", "ben", "cleo", "dan"]), (failure) => {
    assert.equal(asProblem(failure).word, "too-few-readers");
    return true;
  });
});

test("sizes and field names say nothing about exclusions", async () => {
  const shape = ({ fields }) =>
    Object.entries(fields).map(([name, value]) => [name, typeof value, String(value.length)]);
  assert.deepEqual(shape(await sealed([])), shape(await sealed(["ada", "secretary"])));
});

test("the code opens the mailbox named and leaves only as a lookup", async () => {
  const { begun, fields, message } = await sealed([]);
  const keys = begun.code.keys(committee.roster.installation);
  const record = {
    v: 1,
    installation: committee.roster.installation,
    mailbox: mailboxId(keys.lookup),
    generation: 1,
    case: fields.case,
    signature: fields.case_signature,
  };
  checkMailbox(record, b64(message.submitter_key));
  assert.equal(message.mailbox, fields.mailbox);
  const bytes = (value) => Buffer.from(value instanceof Uint8Array ? value : String(value));
  const sent = Object.values(fields).map(bytes);
  const wire = Buffer.concat(sent);
  for (const secret of [begun.code.text, begun.code.text.replaceAll("-", ""), ANSWERS.what]) {
    assert.ok(!wire.includes(secret));
  }
  for (const secret of [begun.code.raw, keys.mailboxSeed, keys.signingSeed, begun.seed]) {
    assert.ok(!wire.includes(Buffer.from(secret)));
    assert.ok(!wire.includes(Buffer.from(secret).toString("hex")));
  }
});

test("text that does not fit is too long by so many words, before anything is sent", async () => {
  const begun = await NewCase.draw(committee.roster, []);
  const body = { ...ANSWERS, what: "a".repeat(70_000) };
  assert.throws(
    () => begun.message({ body, on: TODAY, lang: "en", attachments: [] }),
    (failure) => {
      const problem = asProblem(failure);
      assert.equal(problem.word, "too-long");
      assert.ok(problem.values.words >= 900 && problem.values.words % 10 === 0);
      return true;
    },
  );
});

test("a follow-up goes to the case, after the head, signed by who began it", async () => {
  const { begun, fields } = await sealed([]);
  const keys = begun.keys;
  const mailbox = {
    recipient: fields.case,
    caseId: caseId(fields.case),
    head: { n: 1, digest: fields.digest },
  };
  const written = { body: { text: "One more." }, on: TODAY, lang: "en", attachments: [] };
  const message = followUp({ roster: committee.roster, mailbox, keys, ...written });
  const sending = { token: TOKEN, keys, mailbox, upload: NO_UPLOAD, kept: commitTo(message) };
  const added = await followUpFields(message, sending);
  assert.deepEqual([added.n, added.previous, added.lookup], [2, fields.digest, fields.lookup]);
  const seed = await openGrant(fields.grant, committee.seeds.ada);
  const opened = await openEnvelope(added.envelope, seed);
  const { installation } = committee.roster;
  checkPlace(opened, nextPlace(installation, mailbox.caseId, mailbox.head), "submitter");
});

test("two sendings share no key and no ciphertext", async () => {
  const [one, other] = [await sealed([]), await sealed([])];
  for (const name of ["lookup", "mailbox", "case", "digest", "commitment"]) {
    assert.notEqual(one.fields[name], other.fields[name]);
  }
  const opened = openSealed(other.fields.envelope, one.begun.seed);
  await assert.rejects(opened, { name: "WrongIdentity" });
});
