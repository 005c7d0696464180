/** Concerns that a member records: what leaves the tab, and what its readers make of it. */
import assert from "node:assert/strict";
import test from "node:test";

import { actHash, checkSigners, parseAct, signAct } from "../../../../crypto/browser/src/act.js";
import { openGrant } from "../../../../crypto/browser/src/case.js";
import { WrongIdentity } from "../../../../crypto/browser/src/errors.js";
import { openEnvelope } from "../../../../crypto/browser/src/message.js";
import { ReceiptCode } from "../../../../crypto/browser/src/receipt.js";
import { memberSeed } from "../../../../crypto/browser/src/signing.js";
import { canonical, toB64 } from "../../../../crypto/browser/src/strict.js";
import { openCase } from "../casefile.js";
import { NotRecorded, sealConcern } from "../concern.js";
import { ANSWERS, identityOf, rosterOf, World } from "./world.js";

const TOLD = { body: ANSWERS, channel: "LETTER", came: "2026-11-18", excluded: ["member-2"] };
const utf8 = (text) => new TextEncoder().encode(text);

/** @param {string} person */
async function member(person, how = {}) {
  const { signal } = new AbortController();
  const signing = memberSeed(identityOf(person));
  return { person, signing, signal, roster: await rosterOf(), today: "2026-11-21", lang: "en", ...how };
}

/** What the server makes of the fields, for a reader's browser. */
function served({ fields }, roster, more = {}) {
  const act = parseAct(utf8(fields.act));
  const line = {
    id: "e", url: "envelope", thread: "submitter", kind: "submission", n: 1, on: act.on,
    digest: act.data.submission, by: null, upload: null, slices: 0,
  };
  const manifest = {
    case: act.subject, generation: 1, roster: roster.hash, recipient: fields.case, grant: "grant",
    state: "OPENED", stage: "OPENED", channel: act.data.channel, excluded: ["member-2"],
    held: { keys: [], recused: [], waiting: [], blocked: false, own_share: null, previous: null },
    rosters: { [roster.hash]: toB64(roster.document) },
    envelopes: [line], proposals: [],
    acts: [{ act: fields.act, signatures: [{ by: "chair", signature: fields.signature }] }],
    ...more,
  };
  const open = (person) =>
    openCase(act.subject, manifest, new World().reader(person), async (url) => fields[url]);
  return { act, open };
}

test("a recorded concern opens for its readers as a submission, and says who recorded it", async () => {
  const chair = await member("chair");
  const sealed = await sealConcern(TOLD, chair);
  const file = await served(sealed, chair.roster).open("member-1");
  assert.deepEqual(file.submission.body, ANSWERS);
  assert.deepEqual(file.submission.excluded, ["member-2"]);
  assert.equal(file.exclusion, null);
  const [recorded] = file.journal.acts;
  assert.deepEqual([recorded.trouble, recorded.signers.map(({ id }) => id)], ["", ["chair"]]);
  assert.deepEqual(recorded.act.data.channel, "LETTER");
  assert.equal(file.journal.recorded, recorded);
  assert.ok(file.journal.channelHolds);
});

test("whom it names is granted nothing, and the grant has the size of every grant", async () => {
  const chair = await member("chair");
  const [{ fields }, all] = await Promise.all([
    sealConcern(TOLD, chair),
    sealConcern({ ...TOLD, excluded: [] }, chair),
  ]);
  await assert.rejects(openGrant(fields.grant, identityOf("member-2")), WrongIdentity);
  assert.equal(fields.grant.length, all.fields.grant.length);
  await openGrant(all.fields.grant, identityOf("member-2"));
});

test("neither the code, nor what it looks a mailbox up by, is among what is sent", async () => {
  const { fields, code } = await sealConcern(TOLD, await member("chair"));
  const { roster } = await member("chair");
  const keys = ReceiptCode.parse(code).keys(roster.installation);
  const hex = (bytes) => Buffer.from(bytes).toString("hex");
  const sent = JSON.stringify(fields);
  for (const secret of [code, hex(keys.lookup), toB64(keys.signingSeed), toB64(keys.mailboxSeed)]) {
    assert.ok(!sent.includes(secret));
  }
  assert.ok(!sent.includes("Revenue"));
});

test("nobody records a concern that names themselves", async () => {
  const chair = await member("chair");
  await assert.rejects(
    sealConcern({ ...TOLD, excluded: ["chair"] }, chair),
    (refused) => refused instanceof NotRecorded && refused.word === "concern-names-you",
  );
});

test("nothing is sealed where fewer than two could read it", async () => {
  await assert.rejects(
    sealConcern({ ...TOLD, excluded: ["alternate", "member-1", "member-2"] }, await member("chair")),
    (refused) => refused.word === "concern-too-few",
  );
});

test("too long a text is said to be so before anything is sealed", async () => {
  const body = { ...ANSWERS, what: "a".repeat(70_000) };
  await assert.rejects(
    sealConcern({ ...TOLD, body }, await member("chair")),
    (refused) => refused.word === "concern-too-long",
  );
});

test("nothing is signed after a lock", async () => {
  const locking = new AbortController();
  locking.abort();
  const chair = await member("chair", { signal: locking.signal });
  await assert.rejects(sealConcern(TOLD, chair), { name: "AbortError" });
});

test("a server that says another channel than was signed for is found out", async () => {
  const chair = await member("chair");
  const sealed = await sealConcern(TOLD, chair);
  for (const channel of ["PHONE", "ONLINE", undefined]) {
    const file = await served(sealed, chair.roster, { channel }).open("chair");
    assert.equal(file.journal.channelHolds, false);
  }
  const without = await served(sealed, chair.roster, { acts: [] }).open("chair");
  assert.equal(without.journal.channelHolds, false);
});

test("an act that recorded another submission is not this case's", async () => {
  const chair = await member("chair");
  const [mine, other] = await Promise.all([sealConcern(TOLD, chair), sealConcern(TOLD, chair)]);
  const { act } = served(mine, chair.roster);
  const forged = { ...act, data: { ...act.data, submission: "ab".repeat(32) } };
  const signatures = [signAct(forged, "chair", chair.signing)];
  const told = { act: new TextDecoder().decode(canonical(forged)), signatures };
  const file = await served(mine, chair.roster, { acts: [told] }).open("chair");
  assert.equal(file.journal.acts[0].trouble, "act-elsewhere");
  const moved = { act: other.fields.act, signatures: [{ by: "chair", signature: other.fields.signature }] };
  const again = await served(mine, chair.roster, { acts: [moved] }).open("chair");
  assert.equal(again.journal.acts[0].trouble, "act-elsewhere");
  assert.equal(again.journal.channelHolds, false);
  assert.equal(again.journal.recorded, null);
});

test("the member's own signature is under the act, and under nobody else's name", async () => {
  const chair = await member("chair");
  const { fields } = await sealConcern(TOLD, chair);
  const act = parseAct(utf8(fields.act));
  const by = (id) => [{ by: id, signature: fields.signature }];
  assert.deepEqual([...checkSigners(act, by("chair"), chair.roster)], ["chair"]);
  assert.throws(() => checkSigners(act, by("member-1"), chair.roster));
  assert.match(actHash(act), /^[0-9a-f]{64}$/);
  const seed = await openGrant(fields.grant, identityOf("chair"));
  assert.equal((await openEnvelope(fields.envelope, seed)).kind, "submission");
});
