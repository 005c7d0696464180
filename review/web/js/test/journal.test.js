/** Attack 38: acts that a server swaps, moves, forges or leaves out are found before anybody signs. */
import assert from "node:assert/strict";
import test from "node:test";

import { actHash, buildAct, signAct } from "../../../../crypto/browser/src/act.js";
import { memberSeed } from "../../../../crypto/browser/src/signing.js";
import { canonical } from "../../../../crypto/browser/src/strict.js";
import { openCase } from "../casefile.js";
import { readStepText, stepText } from "../steptext.js";
import { identityOf, INSTALLATION, World } from "./world.js";

const TRIAGE = { category: ["ACC"], severity: ["S3"], from: "ACKNOWLEDGED", to: "TRIAGED" };
const text = (act) => new TextDecoder().decode(canonical(act));
const journalOf = async (world) =>
  (await openCase(world.id, world.manifest, world.reader("member-1"), world.fetchBytes)).journal;

/** An act of the case, signed by these people. */
function signed(world, act, data, by, { previous = null, subject = world.id } = {}) {
  const roster = world.roster.hash;
  const on = "2026-11-21";
  const built = buildAct({ installation: INSTALLATION, subject, act, data, roster, on, previous });
  const signatures = by.map((id) => signAct(built, id, memberSeed(identityOf(id))));
  return { hash: actHash(built), told: { act: text(built), signatures } };
}

async function world({ acts = [], proposals = [], stage = "TRIAGED" } = {}) {
  const made = await World.make();
  Object.assign(made.manifest, { state: stage, stage, acts: [], proposals: [] });
  const triage = signed(made, "triage", TRIAGE, ["chair"]);
  made.manifest.acts = [triage.told, ...acts.map((one) => one(made, triage.hash).told)];
  made.manifest.proposals = proposals.map((one) => one(made, triage.hash).told);
  return made;
}

const SET_ASIDE = { from: "TRIAGED", to: "NOT_A_REPORT", retention_class: ["RC-04"] };
const propose = (made, previous) => signed(made, "set-aside", SET_ASIDE, ["chair"], { previous });

test("an honest journal holds, and so does what is proposed in it", async () => {
  const journal = await journalOf(await world({ proposals: [propose] }));
  assert.deepEqual(journal.acts.map(({ trouble }) => trouble), [""]);
  assert.deepEqual(journal.proposals.map(({ trouble }) => trouble), [""]);
  assert.deepEqual(journal.proposals[0].signers.map(({ id }) => id), ["chair"]);
  assert.ok(journal.stageHolds);
});

test("a server that swaps the act to be signed is caught by the first signature", async () => {
  const made = await world({ proposals: [propose] });
  const [told] = made.manifest.proposals;
  told.act = told.act.replace("RC-04", "RC-01");
  assert.equal((await journalOf(made)).proposals[0].trouble, "act-signature");
});

test("another case's proposal is caught by the case it names", async () => {
  const elsewhere = (made, previous) =>
    signed(made, "set-aside", SET_ASIDE, ["chair"], { previous, subject: "ab".repeat(32) });
  const [found] = (await journalOf(await world({ proposals: [elsewhere] }))).proposals;
  assert.deepEqual([found.trouble, found.act], ["act-elsewhere", null]);
});

test("a forged approval is caught: one signature is not two, nor another's", async () => {
  const one = (made, previous) => propose(made, previous);
  const journal = await journalOf(await world({ acts: [one], stage: "NOT_A_REPORT" }));
  assert.equal(journal.acts[1].trouble, "act-too-few");
  const forged = (made, previous) => {
    const act = propose(made, previous);
    act.told.signatures.push({ ...act.told.signatures[0], by: "member-1" });
    return act;
  };
  const again = await journalOf(await world({ acts: [forged], stage: "NOT_A_REPORT" }));
  assert.equal(again.acts[1].trouble, "act-signature");
});

test("an act that was left out or moved is missed by the next one", async () => {
  const stray = (made) => propose(made, "cd".repeat(32));
  const journal = await journalOf(await world({ proposals: [stray] }));
  assert.equal(journal.proposals[0].trouble, "act-out-of-turn");
});

test("a stage to which no act led is told", async () => {
  assert.ok(!(await journalOf(await world({ stage: "CLOSED" }))).stageHolds);
});

test("what a step seals is read as it was written, and a plain note is one text", () => {
  const written = stepText({ reliance: "E3", detriment_risk: "" }, { plan: "One.\n== two\nThree." });
  assert.equal(written, "reliance: E3\n\n== plan\nOne.\n == two\nThree.");
  assert.deepEqual(readStepText(written), {
    coded: [["reliance", "E3"]], texts: [["plan", "One.\n == two\nThree."]],
  });
  assert.deepEqual(readStepText("Ask the firm."), { coded: [], texts: [["", "Ask the firm."]] });
});
