/** What a reader adds goes to the mailbox inside the submission, and checks where it is read. */
import assert from "node:assert/strict";
import test from "node:test";

import { mayAdd, openCase } from "../casefile.js";
import { sealedEntry } from "../sending.js";
import { ANSWERS, identityOf, INSTALLATION, World } from "./world.js";
import { openEnvelope } from "../../../../crypto/browser/src/message.js";

const open = (world, person) =>
  openCase(world.id, world.manifest, world.reader(person), world.fetchBytes);

const writer = (world, person) => ({
  seed: identityOf(person), installation: INSTALLATION, roster: world.roster.hash,
  today: "2026-11-22", lang: "en",
});

async function add(world, person, kind, body) {
  const file = await open(world, person);
  return sealedEntry(kind, body, file, writer(world, person));
}

/** What an honest server does with the posted fields. */
function keep(world, kind, by, fields) {
  const url = `added-${world.files.size}`;
  world.files.set(url, fields.case_envelope);
  const thread = kind === "note" ? "notes" : "committee";
  const line = { id: url, url, kind, thread, n: Number(fields.n), by, digest: fields.digest };
  world.manifest.envelopes.push({ ...line, on: "2026-11-22", upload: null, slices: 0 });
}

test("a reply opens alike with the mailbox of the submission and with the case", async () => {
  const world = await World.make();
  const fields = await add(world, "chair", "reply", { text: "Thank you." });
  const read = await openEnvelope(fields.mailbox_envelope, world.mailboxSeed);
  assert.equal(read.body.text, "Thank you.");
  assert.deepEqual(await openEnvelope(fields.case_envelope, world.seed), read);
});

test("replies and states follow each other and check for the next reader", async () => {
  const world = await World.make();
  keep(world, "reply", "chair", await add(world, "chair", "reply", { text: "One." }));
  const state = { state: "asked", next_on: null };
  keep(world, "state", "member-1", await add(world, "member-1", "state", state));
  keep(world, "note", "member-2", await add(world, "member-2", "note", { text: "Ours." }));
  const file = await open(world, "alternate");
  assert.deepEqual(file.entries.map((each) => each.trouble), ["", "", "", ""]);
  assert.equal(file.heads.committee.n, 2);
  assert.ok(mayAdd(file, "committee"));
});

test("a note is sealed to the case alone", async () => {
  const world = await World.make();
  const fields = await add(world, "chair", "note", { text: "Ours." });
  assert.deepEqual(Object.keys(fields).sort(), ["case_envelope", "digest", "n"]);
});

test("a reply has one of three sizes, and above the limit it is refused", async () => {
  const world = await World.make();
  const sizes = new Set();
  for (const length of [1, 3000, 4000, 15000, 60000]) {
    const fields = await add(world, "chair", "reply", { text: "x".repeat(length) });
    sizes.add(fields.mailbox_envelope.length);
  }
  assert.equal(sizes.size, 3);
  const long = add(world, "chair", "reply", { text: "x".repeat(70000) });
  await assert.rejects(long, { name: "TooLong" });
});

test("no field that is posted holds a key or a word of the text", async () => {
  const world = await World.make();
  const fields = await add(world, "chair", "reply", { text: "Revenue was booked." });
  const posted = Buffer.concat(Object.values(fields).map((value) => Buffer.from(value)));
  for (const secret of [identityOf("chair"), world.seed, "Revenue", ANSWERS.what.slice(0, 12)]) {
    assert.equal(posted.includes(secret), false);
  }
});
