/** A drill is one by the mark inside its submission; a server that hides a case so is found. */
import assert from "node:assert/strict";
import test from "node:test";

import { actHash, buildAct, signAct } from "../../../../crypto/browser/src/act.js";
import { memberSeed, signDocument, verifyKey } from "../../../../crypto/browser/src/signing.js";
import { canonical, toB64 } from "../../../../crypto/browser/src/strict.js";
import { openCase } from "../casefile.js";
import { identityOf, INSTALLATION, World } from "./world.js";

const DRILL = new Uint8Array(32).fill(7);
const SUBMITTERS = new Uint8Array(32).fill(8);
const DRILL_KEY = toB64(verifyKey(DRILL));
const DAY = "2026-11-21";

function words(id, seed = DRILL) {
  const key = toB64(verifyKey(seed));
  const mark = { v: 1, kind: "drill", installation: INSTALLATION, case: id, on: DAY, key };
  return [DAY, key, signDocument("drill", mark, seed).signature];
}

const line = (id, seed) => ["underrose-drill", ...words(id, seed)].join(" ");
const open = (world, drillKey = DRILL_KEY) =>
  openCase(world.id, world.manifest, { ...world.reader(), drillKey }, world.fetchBytes);

/** The case after a reader was brought to call it a drill with these words. */
function marked(world, mark) {
  const fields = { installation: INSTALLATION, subject: world.id, act: "mark-a-drill" };
  const data = { from: "OPENED", to: "NOT_A_REPORT", mark };
  const roster = world.roster.hash;
  const act = buildAct({ ...fields, data, roster, on: DAY, previous: null });
  const signatures = [signAct(act, "chair", memberSeed(identityOf("chair")))];
  const told = { hash: actHash(act), act: new TextDecoder().decode(canonical(act)), signatures };
  const stage = "NOT_A_REPORT";
  Object.assign(world.manifest, { state: stage, stage, acts: [told], proposals: [] });
  return world;
}

test("a drill is known by the mark that is sealed in it, and by nothing outside", async () => {
  const world = await World.make({ what: (id) => `A drill.\n\n${line(id)}` });
  assert.deepEqual((await open(world)).drill, words(world.id));
  assert.equal((await open(world, "")).drill, null);
  assert.equal((await open(await World.make())).drill, null);
});

test("no submitter makes their own case a drill", async () => {
  for (const what of [(id) => line(id, SUBMITTERS), () => line("ab".repeat(32)), (id) => `${line(id)}\n`]) {
    const world = await World.make({ what });
    assert.equal((await open(world)).drill, null);
  }
});

test("a drill that a reader has marked holds", async () => {
  const world = await World.make({ what: (id) => `A drill.\n\n${line(id)}` });
  const { journal } = await open(marked(world, words(world.id)));
  assert.deepEqual(journal.acts.map(({ trouble }) => trouble), [""]);
  assert.ok(journal.stageHolds);
});

test("a server that hides a real case by calling it a drill is caught by every reader", async () => {
  const real = await World.make();
  const { journal } = await open(marked(real, words(real.id)));
  assert.deepEqual(journal.acts.map(({ trouble }) => trouble), ["act-not-drill"]);
  const other = await World.make({ what: (id) => line(id, SUBMITTERS) });
  const again = await open(marked(other, words(other.id)));
  assert.deepEqual(again.journal.acts.map(({ trouble }) => trouble), ["act-not-drill"]);
});
