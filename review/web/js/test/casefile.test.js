/** Attack 38: sealed things moved, relabelled, replayed or swapped are warned about, not shown. */
import assert from "node:assert/strict";
import test from "node:test";

import { CaseRefused, isInDoubt, mayAdd, openCase } from "../casefile.js";
import { maySign } from "../signers.js";
import { ANSWERS, identityOf, rosterOf, seedOf, World } from "./world.js";
import { recipientFromSeed } from "../../../../crypto/browser/src/age.js";
import { sealGrant } from "../../../../crypto/browser/src/case.js";
import { memberSeed } from "../../../../crypto/browser/src/signing.js";
import { toB64 } from "../../../../crypto/browser/src/strict.js";

const open = (world, person = "chair") =>
  openCase(world.id, world.manifest, world.reader(person), world.fetchBytes);
const troubles = (file) => file.entries.filter((each) => each.trouble).map((each) => each.trouble);
const texts = (file) =>
  file.entries.map(({ message }) => message?.body.text ?? message?.kind ?? null);
const refusedAs = (word) => (error) => error instanceof CaseRefused && error.word === word;

async function conversation() {
  const world = await World.make();
  await world.add("reply", { text: "Thank you." }, { by: "chair" });
  await world.add("follow-up", { text: "One more thing." });
  await world.add("note", { text: "Ask the firm." }, { by: "member-1" });
  await world.add("state", { state: "examining", next_on: "2026-12-21" }, { by: "member-2" });
  return world;
}

test("an honest case opens whole, in order, with its signers", async () => {
  const file = await open(await conversation());
  assert.deepEqual(troubles(file), []);
  assert.deepEqual(file.gaps, []);
  assert.equal(file.exclusion, null);
  const expected = ["submission", "One more thing.", "Thank you.", "state", "Ask the firm."];
  assert.deepEqual(texts(file), expected);
  assert.deepEqual(file.entries.map((each) => each.reader?.id ?? null),
    [null, null, "chair", "member-2", "member-1"]);
  assert.ok(mayAdd(file, "committee") && mayAdd(file, "notes"));
  assert.ok(!isInDoubt(file, "committee") && !isInDoubt(file, "notes"));
});

test("every reader of the grant opens it, and nobody else", async () => {
  const world = await World.make();
  for (const person of ["chair", "member-1", "alternate"]) await open(world, person);
  const others = world.roster.readers.slice(1).map((reader) => reader.recipient);
  world.files.set("grant", await sealGrant(world.seed, others, 4));
  await assert.rejects(open(world), refusedAs("case-not-yours"));
});

test("an envelope moved here from another case is not shown", async () => {
  const [world, other] = [await conversation(), await World.make({ caseSeed: 70, submitter: 80 })];
  const moved = await other.add("follow-up", { text: "Elsewhere." });
  world.files.set("moved", other.files.get(moved.url));
  world.manifest.envelopes.push({ ...moved, n: 3, url: "moved" });
  assert.deepEqual(troubles(await open(world)), ["trouble-other-key"]);
});

test("a message for another case, sealed again for this one, is not shown", async () => {
  const [world, other] = [await World.make(), await World.make({ caseSeed: 70 })];
  const foreign = await other.message("reply", { text: "Elsewhere." }, { by: "chair" });
  await world.keep(foreign, { by: "chair" });
  assert.deepEqual(troubles(await open(world)), ["trouble-place"]);
});

test("a message of another installation is not shown", async () => {
  const world = await World.make();
  await world.add("note", { text: "x" }, { by: "chair", place: { installation: "f".repeat(32) } });
  assert.deepEqual(troubles(await open(world)), ["trouble-place"]);
});

test("an envelope under another kind is not shown", async () => {
  const places = { note: "notes", state: "committee", "follow-up": "submitter" };
  for (const [kind, thread] of Object.entries(places)) {
    const world = await World.make();
    const line = await world.add("reply", { text: "A reply." }, { by: "chair" });
    Object.assign(line, { kind, thread });
    const found = troubles(await open(world));
    assert.equal(found.length, 1, kind);
    assert.match(found[0], /trouble-(kind|place)/);
  }
});

test("a kind listed in the wrong thread is not shown", async () => {
  const world = await World.make();
  const line = await world.add("note", { text: "For us only." }, { by: "chair" });
  line.thread = "committee";
  assert.deepEqual(troubles(await open(world)), ["trouble-kind"]);
});

test("a replay, at the same place or the next, is not shown", async () => {
  for (const n of [1, 2]) {
    const world = await World.make();
    const line = await world.add("reply", { text: "Once." }, { by: "chair" });
    world.manifest.envelopes.push({ ...line, id: "again", n });
    const file = await open(world);
    assert.deepEqual(troubles(file), ["trouble-place"]);
    assert.deepEqual(texts(file), ["submission", "Once.", null]);
    assert.ok(mayAdd(file, "committee"));
    assert.ok(isInDoubt(file, "committee") && !isInDoubt(file, "notes"));
  }
});

test("two messages in each other's place are not shown", async () => {
  const world = await World.make();
  const lines = [];
  for (const text of ["First.", "Second."]) {
    lines.push(await world.add("reply", { text }, { by: "chair" }));
  }
  [lines[0].url, lines[1].url] = [lines[1].url, lines[0].url];
  assert.deepEqual(troubles(await open(world)), ["trouble-place", "trouble-place"]);
});

test("a branch of the thread that goes on from another message is not shown", async () => {
  const world = await World.make();
  await world.add("reply", { text: "First." }, { by: "chair" });
  const place = { previous: "0".repeat(64) };
  await world.add("reply", { text: "Second." }, { by: "chair", place });
  assert.deepEqual(troubles(await open(world)), ["trouble-place"]);
});

test("a hidden message leaves a warning, and the rest is shown", async () => {
  const world = await World.make();
  for (const text of ["First.", "Second.", "Third."]) await world.add("follow-up", { text });
  world.manifest.envelopes.splice(2, 1);
  const file = await open(world);
  assert.deepEqual(file.gaps, [{ thread: "submitter", n: 3 }]);
  assert.deepEqual(texts(file), ["submission", "First.", "Third."]);
  assert.ok(mayAdd(file, "committee") && !isInDoubt(file, "committee"));
});

test("an envelope that the server does not send is named as missing", async () => {
  const world = await conversation();
  world.files.delete(world.manifest.envelopes[1].url);
  assert.deepEqual(troubles(await open(world)), ["trouble-missing"]);
});

test("a damaged envelope is not shown and hides no later one", async () => {
  const world = await World.make();
  for (const text of ["First.", "Second."]) await world.add("follow-up", { text });
  const url = world.manifest.envelopes[1].url;
  const bytes = world.files.get(url).slice();
  bytes[bytes.length - 1] ^= 1;
  world.files.set(url, bytes);
  const file = await open(world);
  assert.deepEqual(troubles(file), ["trouble-damaged"]);
  assert.deepEqual(texts(file), ["submission", null, "Second."]);
});

test("a follow-up by another hand is not shown and silences nobody", async () => {
  const world = await World.make();
  await world.add("follow-up", { text: "Write to me elsewhere." }, { signer: seedOf(99) });
  const file = await open(world);
  assert.deepEqual(troubles(file), ["trouble-signature"]);
  assert.ok(mayAdd(file, "committee") && isInDoubt(file, "committee"));
});

test("a reader's forged submission with its own mailbox is betrayed by the true follow-ups", async () => {
  const [world, forger] = [await conversation(), await World.make({ submitter: 90 })];
  const mailbox = await recipientFromSeed(seedOf(91));
  const place = { n: 1, previous: null };
  const forged = await forger.message("submission", ANSWERS, { excluded: [], mailbox, place });
  const line = world.manifest.envelopes.shift();
  const entry = await world.keep(forged);
  world.manifest.envelopes.unshift(world.manifest.envelopes.pop());
  assert.notEqual(entry.digest, line.digest);
  const file = await open(world);
  assert.deepEqual(troubles(file), ["trouble-place"]);
  assert.ok(mayAdd(file, "committee") && isInDoubt(file, "committee"));
});

test("a forged submission by who lacks the case seed refuses the whole case", async () => {
  for (const first of [await World.make(), await conversation()]) {
    const mailbox = await recipientFromSeed(seedOf(91));
    const how = { signer: seedOf(90), caseSeed: seedOf(92), excluded: [], mailbox };
    first.heads.submitter = undefined;
    const forged = await first.message("submission", ANSWERS, how);
    first.manifest.envelopes.shift();
    await first.keep(forged);
    await assert.rejects(open(first), refusedAs("case-no-submission"));
  }
});

test("a reply signed by another reader than the one named is not shown", async () => {
  const world = await World.make();
  const line = await world.add("reply", { text: "Not mine." }, { by: "member-1" });
  line.by = "chair";
  assert.deepEqual(troubles(await open(world)), ["trouble-signature"]);
});

test("a reply by nobody on the roster is not shown", async () => {
  for (const by of ["secretary", "nobody", null, "__proto__"]) {
    const world = await World.make();
    (await world.add("reply", { text: "x" }, { by: "chair" })).by = by;
    assert.deepEqual(troubles(await open(world)), ["trouble-signer"]);
  }
});

test("a roster under another root key counts for nothing", async () => {
  const world = await World.make();
  const forged = await rosterOf(2, seedOf(201));
  world.manifest.rosters[forged.hash] = toB64(forged.document);
  await world.add("reply", { text: "x" }, { by: "chair", roster: forged.hash });
  assert.deepEqual(troubles(await open(world)), ["trouble-roster"]);
});

test("without the submission's own roster nothing is shown", async () => {
  const world = await conversation();
  const other = await rosterOf(2);
  // The server calls another genuine roster by the name of the one that the submission names.
  world.manifest.rosters = { [world.roster.hash]: toB64(other.document) };
  await assert.rejects(open(world), refusedAs("case-no-submission"));
});

test("a grant, a name or a recipient of another case refuses the whole case", async () => {
  const other = await World.make({ caseSeed: 70 });
  for (const spoil of [
    (world) => world.files.set("grant", other.files.get("grant")),
    (world) => (world.manifest.case = other.id),
    (world) => (world.manifest.recipient = other.recipient),
    (world) => (world.manifest.generation = 2),
    (world) => Object.assign(world.manifest, other.manifest) && (world.files = other.files),
  ]) {
    const world = await World.make();
    spoil(world);
    await assert.rejects(open(world), refusedAs("case-swapped"));
  }
});

test("a submission that does not check refuses the whole case", async () => {
  const world = await conversation();
  world.manifest.envelopes[0].digest = "0".repeat(64);
  await assert.rejects(open(world), refusedAs("case-no-submission"));
});

test("a difference between the server's exclusions and the submitter's is told", async () => {
  const world = await World.make({ excluded: ["member-2"] });
  world.manifest.excluded = [];
  const file = await open(world);
  assert.deepEqual(file.exclusion, { named: ["member-2"], hidden: [] });
  assert.ok(!mayAdd(file, "committee") && mayAdd(file, "notes"));
});

test("who was named by the submitter is shown nothing, whatever the server grants", async () => {
  const world = await World.make({ excluded: ["member-2"] });
  world.manifest.excluded = [];
  await assert.rejects(open(world, "member-2"), refusedAs("case-names-you"));
});

test("whom the submitter named has no word in the case, on whatever roster", async () => {
  for (const epoch of [1, 2]) {
    const world = await World.make({ excluded: ["member-2"] });
    const roster = await rosterOf(epoch);
    world.manifest.rosters[roster.hash] = toB64(roster.document);
    const more = { by: "member-2", roster: roster.hash };
    for (const kind of ["note", "reply"]) await world.add(kind, { text: "By me." }, more);
    const file = await open(world);
    assert.deepEqual(troubles(file), ["trouble-excluded", "trouble-excluded"]);
    assert.deepEqual(texts(file).filter((text) => text !== null), ["submission"]);
  }
});

test("a reader signs under the submission's roster or a later one, and under no earlier", async () => {
  const [early, late] = [await rosterOf(1), await rosterOf(2)];
  for (const [first, then, expected] of [[early, late, []], [late, early, ["trouble-excluded"]]]) {
    const world = await World.make({ roster: first });
    world.manifest.rosters[then.hash] = toB64(then.document);
    await world.add("note", { text: "x" }, { by: "member-1", roster: then.hash });
    assert.deepEqual(troubles(await open(world)), expected);
  }
});

test("counsel has a word where counsel was needed, and nowhere else", async () => {
  const people = [["a", "chair"], ["b", "member"], ["c", "counsel"]];
  const readers = people.map(([id, role]) => ({ id, role }));
  const first = { epoch: 1, ids: ["a", "b", "c"], readers };
  for (const epoch of [1, 2]) {
    const roster = { epoch, reader: (id) => readers.find((reader) => reader.id === id) };
    assert.equal(maySign("c", roster, { excluded: [] }, first), false);
    assert.equal(maySign("c", roster, { excluded: ["a"] }, first), true);
    assert.equal(maySign("a", roster, { excluded: ["a"] }, first), false);
  }
});

test("a coded state that no reader has signed is told", async () => {
  const file = async (coded, state) => {
    const world = await World.make();
    if (state) await world.add("state", { state, next_on: null }, { by: "chair" });
    world.manifest.state = coded;
    return (await open(world)).state;
  };
  for (const coded of ["RECEIVED", "OPENED", "ACKNOWLEDGED"]) assert.equal(await file(coded), null);
  assert.equal(await file("CLOSED", "closed"), null);
  assert.equal(await file("REOPENED", "reading"), null);
  assert.deepEqual(await file("CLOSED"), { coded: "CLOSED", signed: "no-state" });
  assert.deepEqual(await file("CLOSED", "asked"), { coded: "CLOSED", signed: "asked" });
  assert.deepEqual(await file("OPENED", "closed"), { coded: "OPENED", signed: "closed" });
});

test("a member's signing key is not the identity itself", () => {
  assert.notDeepEqual(memberSeed(identityOf("chair")), identityOf("chair"));
});
