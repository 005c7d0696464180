/** What a reader adds goes to the mailbox inside the submission, and checks where it is read. */
import assert from "node:assert/strict";
import test from "node:test";

import { mayAdd, openCase } from "../casefile.js";
import { sealedEntry } from "../sending.js";
import { memberSeed, verifyKey } from "../../../../crypto/browser/src/signing.js";
import { ANSWERS, identityOf, INSTALLATION, World } from "./world.js";
import { openEnvelope } from "../../../../crypto/browser/src/message.js";

const open = (world, person) =>
  openCase(world.id, world.manifest, world.reader(person), world.fetchBytes);

const writer = (world, person, signing = memberSeed(identityOf(person))) => ({
  signing, verifyKey: verifyKey(memberSeed(identityOf(person))),
  signal: new AbortController().signal, installation: INSTALLATION, roster: world.roster.hash,
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

test("nothing is signed after a lock", async () => {
  const world = await World.make();
  const [file, key] = [await open(world, "chair"), writer(world, "chair")];
  const locking = new AbortController();
  locking.abort();
  const late = sealedEntry("reply", { text: "x" }, file, { ...key, signal: locking.signal });
  await assert.rejects(late, { name: "AbortError" });
});

test("nothing is given out that another key has signed, such as the zeros of a lock", async () => {
  const world = await World.make();
  const file = await open(world, "chair");
  for (const signing of [new Uint8Array(32), memberSeed(identityOf("member-1"))]) {
    const wrong = sealedEntry("reply", { text: "x" }, file, writer(world, "chair", signing));
    await assert.rejects(wrong, { name: "InvalidSignature" });
  }
});

test("a reply follows the server's last line, also where that line opens to nothing", async () => {
  const world = await World.make();
  const line = await world.add("reply", { text: "Poison." }, { by: "chair" });
  world.files.delete(line.url);
  line.digest = "0".repeat(64);
  const fields = await add(world, "member-1", "reply", { text: "All the same." });
  assert.equal(fields.n, "2");
  keep(world, "reply", "member-1", fields);
  const file = await open(world, "chair");
  assert.deepEqual(file.entries.map((each) => each.trouble).sort(), ["", "", "trouble-missing"]);
  assert.equal(file.heads.committee.n, 2);
});
