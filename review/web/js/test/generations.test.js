/** Later keys of a case: what was said under each opens, and what a server could swap does not. */
import assert from "node:assert/strict";
import test from "node:test";

import { CaseRefused, mayAdd, openCase } from "../casefile.js";
import { identityOf, INSTALLATION, seedOf, World } from "./world.js";
import { buildAct, signAct } from "../../../../crypto/browser/src/act.js";
import { recipientFromSeed } from "../../../../crypto/browser/src/age.js";
import { sealGrant } from "../../../../crypto/browser/src/case.js";
import { rekeyData, sealLink } from "../../../../crypto/browser/src/keying.js";
import { memberSeed } from "../../../../crypto/browser/src/signing.js";
import { canonical } from "../../../../crypto/browser/src/strict.js";

const open = (world, person = "chair") =>
  openCase(world.id, world.manifest, world.reader(person), world.fetchBytes);
const refusedAs = (word) => (error) => error instanceof CaseRefused && error.word === word;
const LEFT = ["chair", "member-1", "alternate"];
const text = (bytes) => new TextDecoder().decode(bytes);

/** Give a case its next key, for these readers, signed by these, and let the server use it. */
async function rekey(world, { readers = LEFT, signers = ["chair", "member-1"], on = "2026-11-21" } = {}) {
  const generation = world.manifest.generation + 1;
  const seed = seedOf(100 + generation);
  const recipient = await recipientFromSeed(seed);
  const to = world.roster.readers.filter(({ id }) => readers.includes(id));
  const grant = await sealGrant(seed, to.map((each) => each.recipient), 4);
  const link = await sealLink(world.seed, recipient);
  const act = buildAct({
    installation: INSTALLATION, subject: world.id, act: "rekey", on, previous: null,
    roster: world.roster.hash,
    data: rekeyData({ generation, recipient, before: world.recipient, grant, link, readers }),
  });
  const signatures = signers.map((by) => signAct(act, by, memberSeed(identityOf(by))));
  world.files.set(`grant-${generation}`, grant);
  world.files.set(`link-${generation}`, link);
  const key = { generation, recipient, link: `link-${generation}`, act: text(canonical(act)), signatures };
  world.manifest.held.keys.push(key);
  Object.assign(world.manifest, { generation, recipient, grant: `grant-${generation}` });
  Object.assign(world, { seed, recipient });
  return key;
}

async function conversation() {
  const world = await World.make();
  await world.add("note", { text: "Under the first key." }, { by: "member-2" });
  await rekey(world);
  await world.add("follow-up", { text: "Under the second." });
  return world;
}

test("whoever was granted the newest key reads what was said under each", async () => {
  const world = await conversation();
  await rekey(world);
  await world.add("note", { text: "Under the third." }, { by: "alternate" });
  const file = await open(world);
  assert.deepEqual(file.entries.map(({ generation }) => generation).sort(), [1, 1, 2, 3]);
  assert.ok(file.entries.every(({ trouble, late }) => trouble === "" && !late));
  assert.equal(file.recipient, world.recipient);
});

test("who is out of the case opens nothing of it from then on", async () => {
  await assert.rejects(open(await conversation(), "member-2"), refusedAs("case-not-yours"));
});

const SWAPS = {
  "the recipient": async (world) => {
    world.manifest.recipient = await recipientFromSeed(seedOf(9));
  },
  "the recipient of a signed key": async (world) => {
    world.manifest.held.keys[0].recipient = await recipientFromSeed(seedOf(9));
  },
  "the generation": (world) => {
    world.manifest.generation = 1;
  },
  "the grant by one of its own": async (world) => {
    const chair = world.roster.readers[0].recipient;
    world.files.set("grant-2", await sealGrant(seedOf(9), [chair], 4));
  },
  "the link": async (world) => {
    world.files.set("link-2", await sealLink(seedOf(9), world.recipient));
  },
  "the key by the one before": (world) => {
    world.manifest.held.keys = [];
  },
  "one signature": (world) => {
    world.manifest.held.keys[0].signatures.pop();
  },
  "the readers whom two signed": (world) => {
    const key = world.manifest.held.keys[0];
    key.act = key.act.replace('"alternate","chair"', '"alternate"');
  },
  "a key that was signed before": (world) => {
    world.manifest.held.keys.push(world.manifest.held.keys[0]);
    world.manifest.generation = 3;
  },
};
for (const [name, swap] of Object.entries(SWAPS)) {
  test(`a server that swaps ${name} is found out`, async () => {
    const world = await conversation();
    await swap(world);
    await assert.rejects(open(world), refusedAs("case-swapped"));
  });
}

test("a key that two did not sign, or somebody who will not read, is not believed", async () => {
  for (const signers of [["chair"], ["chair", "member-2"]]) {
    const world = await World.make();
    await rekey(world, { signers });
    await assert.rejects(open(world), refusedAs("case-swapped"));
  }
});

test("what comes after a new key and is sealed to an older one is told", async () => {
  const world = await World.make();
  const first = world.recipient;
  await rekey(world);
  const newest = world.recipient;
  world.recipient = first;
  await world.add("follow-up", { text: "Sealed to the old key." }, { on: "2026-11-22" });
  world.recipient = newest;
  const file = await open(world);
  assert.deepEqual(file.entries.map(({ late }) => late), [false, true]);
});

test("while somebody who is out holds the newest key nothing is added", async () => {
  const world = await World.make();
  world.manifest.held.blocked = true;
  const file = await open(world);
  assert.ok(!mayAdd(file, "committee") && !mayAdd(file, "notes"));
});
