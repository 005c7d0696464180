/** A case shared with an investigator: what two readers signed counts, and nothing a server says. */
import assert from "node:assert/strict";
import test from "node:test";

import { actHash, buildAct, signAct } from "../../../../crypto/browser/src/act.js";
import { recipientFromSeed } from "../../../../crypto/browser/src/age.js";
import { sealGrant } from "../../../../crypto/browser/src/case.js";
import { isFingerprint, makeRequest, verifyRequest } from "../../../../crypto/browser/src/enrolment.js";
import { CryptoError, WrongPlace } from "../../../../crypto/browser/src/errors.js";
import { rekeyData, sealLink } from "../../../../crypto/browser/src/keying.js";
import { shareData } from "../../../../crypto/browser/src/sharing.js";
import { memberSeed, verifyKey } from "../../../../crypto/browser/src/signing.js";
import { canonical, toB64 } from "../../../../crypto/browser/src/strict.js";
import { CaseRefused, openCase } from "../casefile.js";
import { checkShare, NotShared, shareOffer } from "../sharing.js";
import { identityOf, INSTALLATION, seedOf, World } from "./world.js";

const DAY = "2026-11-21";
const DANA = "dana";
const OTHER = seedOf(91);
const TWO = ["chair", "member-1"];
const text = (act) => new TextDecoder().decode(canonical(act));
const open = (world, person = "chair") =>
  openCase(world.id, world.manifest, world.reader(person), world.fetchBytes);
const noted = (file) => file.entries.find(({ line }) => line.kind === "note");

/** A case with acts, in which the facts can be reported. */
async function investigated(how) {
  const world = await World.make(how);
  Object.assign(world.manifest, { stage: "INVESTIGATING", acts: [], proposals: [] });
  for (const [act, data] of [
    ["triage", { from: "ACKNOWLEDGED", to: "TRIAGED", severity: ["S3"] }],
    ["investigate", { from: "TRIAGED", to: "INVESTIGATING" }],
  ]) {
    sign(world, act, data, ["chair"]);
  }
  return world;
}

/** Sign an act after those of the case, and let the server list it. */
function sign(world, act, data, by, key = identityOf) {
  const { acts } = world.manifest;
  const previous = acts.length === 0 ? null : actHash(JSON.parse(acts.at(-1).act));
  const fields = { installation: INSTALLATION, subject: world.id, roster: world.roster.hash };
  const built = buildAct({ ...fields, act, data, on: DAY, previous });
  const signatures = by.map((id) => signAct(built, id, memberSeed(key(id))));
  acts.push({ act: text(built), signatures });
  return built;
}

/** Share the newest key with the investigator, and let the server tell so. */
async function share(world, { by = TWO, of = identityOf(DANA), person = DANA, changed = {} } = {}) {
  const recipient = await recipientFromSeed(of);
  const grant = await sealGrant(world.seed, [recipient], 4);
  const { generation } = world.manifest;
  const signs = verifyKey(memberSeed(of));
  const data = { ...shareData({ person, recipient, verifyKey: signs, generation, grant }), ...changed };
  world.files.set("own", grant);
  Object.assign(world.manifest.held, { shared: [person], own_share: null });
  return sign(world, "share", data, by);
}

/** What the investigator's browser is told. */
function forDana(world) {
  world.manifest.held.own_share = "own";
  return world;
}

/** End every share with a new key. */
async function rekey(world) {
  const generation = world.manifest.generation + 1;
  const seed = seedOf(100 + generation);
  const recipient = await recipientFromSeed(seed);
  const readers = ["alternate", "chair", "member-1", "member-2"];
  const grant = await sealGrant(seed, world.roster.readers.map((each) => each.recipient), 4);
  const link = await sealLink(world.seed, recipient);
  const data = rekeyData({ generation, recipient, before: world.recipient, grant, link, readers });
  sign(world, "rekey", data, TWO);
  world.files.set(`grant-${generation}`, grant);
  world.files.set(`link-${generation}`, link);
  const listed = { generation, recipient, link: `link-${generation}`, ...world.manifest.acts.at(-1) };
  world.manifest.held.keys.push(listed);
  world.manifest.held.shared = [];
  Object.assign(world.manifest, { generation, recipient, grant: `grant-${generation}` });
  Object.assign(world, { seed, recipient });
}

const FACTS = { from: "INVESTIGATING", to: "FINDINGS", sealed: ["ab".repeat(32)] };

test("an investigator reads the case, and what they sign is theirs to every reader", async () => {
  const world = await investigated();
  await share(world);
  await world.add("note", { text: "Seen the ledger." }, { by: DANA });
  sign(world, "report-the-facts", FACTS, [DANA]);
  world.manifest.stage = "FINDINGS";
  for (const person of ["chair", DANA]) {
    const file = await open(person === DANA ? forDana(world) : world, person);
    assert.deepEqual(file.journal.acts.map(({ trouble }) => trouble), ["", "", "", ""]);
    assert.deepEqual([noted(file).trouble, noted(file).reader.name], ["", "Name of dana"]);
    assert.equal(file.journal.acts.at(-1).signers[0].role, "investigator");
    assert.deepEqual(file.sharing.now.map((each) => each.person), [DANA]);
    assert.ok(!file.sharing.differs);
    world.manifest.held.own_share = null;
  }
});

test("a server that swaps the verify key of a share is caught by the two signatures", async () => {
  const world = await investigated();
  await share(world);
  const told = world.manifest.acts.at(-1);
  const swapped = toHexKey(OTHER);
  told.act = told.act.replace(toHexKey(identityOf(DANA)), swapped);
  await world.add("note", { text: "Forged." }, { by: DANA, signer: memberSeed(OTHER) });
  const file = await open(world);
  assert.equal(file.journal.acts.at(-1).trouble, "act-signature");
  assert.equal(noted(file).trouble, "trouble-signer");
  assert.ok(file.sharing.differs);
});

function toHexKey(seed) {
  return Buffer.from(verifyKey(memberSeed(seed))).toString("hex");
}

test("a server that writes in an investigator's name is caught by the key of the share", async () => {
  const world = await investigated();
  await share(world);
  await world.add("note", { text: "Forged." }, { by: DANA, signer: memberSeed(OTHER) });
  sign(world, "report-the-facts", FACTS, [DANA], () => OTHER);
  const file = await open(world);
  assert.equal(noted(file).trouble, "trouble-signature");
  assert.equal(file.journal.acts.at(-1).trouble, "act-signature");
});

test("a share that one signed, or a reader and the investigator, shares nothing", async () => {
  for (const [by, trouble] of [[["chair"], "act-too-few"], [["chair", DANA], "act-signature"]]) {
    const world = await investigated();
    await share(world, { by });
    await world.add("note", { text: "In nobody's name." }, { by: DANA });
    const file = await open(world);
    assert.equal(file.journal.acts.at(-1).trouble, trouble);
    assert.equal(noted(file).trouble, "trouble-signer");
    assert.deepEqual(file.sharing.now, []);
    assert.ok(file.sharing.differs);
  }
});

test("an investigator signs no share with somebody else", async () => {
  const world = await investigated();
  await share(world);
  await share(world, { by: ["chair", DANA], of: OTHER, person: "secretary" });
  assert.equal((await open(world)).journal.acts.at(-1).trouble, "act-share");
});

test("a share with a reader, with somebody named, or of another key is not believed", async () => {
  for (const [how, more, trouble] of [
    [{}, { person: "member-2" }, "act-share"],
    [{ excluded: [DANA] }, {}, "act-share"],
    [{}, { changed: { generation: 2 } }, "act-not-there"],
  ]) {
    const world = await investigated(how);
    await share(world, more);
    assert.equal((await open(world)).journal.acts.at(-1).trouble, trouble);
  }
});

test("a server that shows an ended share's person as reading is caught", async () => {
  const world = await investigated();
  await share(world);
  await world.add("note", { text: "While it was shared." }, { by: DANA });
  await rekey(world);
  const honest = await open(world);
  assert.deepEqual([honest.sharing.now, honest.sharing.differs], [[], false]);
  assert.equal(noted(honest).trouble, "");
  world.manifest.held.shared = [DANA];
  const file = await open(world);
  assert.deepEqual([file.sharing.now, file.sharing.told, file.sharing.differs], [[], [DANA], true]);
});

test("a server that hides with whom the case is shared is caught", async () => {
  const world = await investigated();
  await share(world);
  world.manifest.held.shared = [];
  const file = await open(world);
  assert.deepEqual(file.sharing.now.map(({ person }) => person), [DANA]);
  assert.ok(file.sharing.differs);
});

test("what an investigator signs after the end of the share is not believed", async () => {
  const world = await investigated();
  await share(world);
  await rekey(world);
  await world.add("note", { text: "After the end." }, { by: DANA });
  sign(world, "report-the-facts", FACTS, [DANA]);
  const file = await open(world);
  assert.equal(noted(file).trouble, "trouble-signer");
  assert.equal(file.journal.acts.at(-1).trouble, "act-signature");
});

test("an investigator opens nothing that comes after the end of the share", async () => {
  const world = await investigated();
  await share(world);
  await rekey(world);
  await assert.rejects(open(forDana(world), DANA), CaseRefused);
});

test("an investigator is given nothing of another case", async () => {
  const world = await investigated();
  const other = await World.make({ caseSeed: 51, submitter: 70 });
  await share(world);
  await share(Object.assign(other, { manifest: { ...other.manifest, acts: [] } }));
  world.files.set("of another case", other.files.get("own"));
  world.manifest.held.own_share = "of another case";
  await assert.rejects(open(world, DANA), (error) => error.word === "case-swapped");
  const line = other.manifest.envelopes[0];
  world.files.set("moved", other.files.get(line.url));
  world.manifest.envelopes.push({ ...line, n: 2, url: "moved", kind: "follow-up" });
  const file = await open(forDana(world), DANA);
  assert.deepEqual(file.entries.map(({ trouble }) => trouble).sort(), ["", "trouble-other-key"]);
});

test("an investigator whom the submitter named is shown nothing", async () => {
  const world = await investigated({ excluded: [DANA] });
  await share(world);
  await assert.rejects(open(forDana(world), DANA), (error) => error.word === "case-names-you");
});

test("a reply or a state in an investigator's name is not believed", async () => {
  for (const [kind, body] of [["reply", { text: "Hello" }], ["state", { state: "closed", next_on: null }]]) {
    const world = await investigated();
    await share(world);
    await world.add(kind, body, { by: DANA });
    const file = await open(world);
    assert.equal(file.entries.find(({ line }) => line.kind === kind).trouble, "trouble-signer");
  }
});

/** The place of a share: the open case, and the request that the investigator's browser made. */
async function place({ seed = identityOf(DANA), seat = DANA, how = {} } = {}) {
  const world = await investigated(how);
  const request = await makeRequest(seed, world.roster, seat, DAY, null);
  world.manifest.held.investigators = [{ person: DANA, request: toB64(request.document) }];
  const file = await open(world);
  return { roster: world.roster, manifest: world.manifest, file, heard: request.fingerprint };
}

test("what two sign is the key whose fingerprint each of them heard", async () => {
  const here = await place();
  const offer = await shareOffer(here, DANA, here.heard.toLowerCase().replaceAll("-", " "));
  assert.equal(offer.recipient, await recipientFromSeed(identityOf(DANA)));
  const act = { act: "share", data: offer.data };
  checkShare(here, act, offer, here.heard);
  const grant = await sealGrant(seedOf(7), [offer.recipient], 4);
  const recipient = await recipientFromSeed(OTHER);
  for (const [data, offered] of [
    [{ recipient: "ab".repeat(32) }, {}],
    [{ verify_key: toHexKey(OTHER) }, {}],
    [{ generation: 2 }, {}],
    [{}, { grant }],
    [{}, { recipient }],
  ]) {
    const swapped = { act: "share", data: { ...offer.data, ...data } };
    assert.throws(() => checkShare(here, swapped, { ...offer, ...offered }, here.heard), WrongPlace);
  }
});

test("a server that puts its own key in the place of an investigator's is caught by ear", async () => {
  const honest = await place();
  const here = await place({ seed: OTHER });
  const refused = (word) => (error) => error instanceof NotShared && error.word === word;
  await assert.rejects(shareOffer(here, DANA, honest.heard), refused("share-other-fingerprint"));
  const offer = await shareOffer(here, DANA, here.heard);
  assert.throws(
    () => checkShare(here, { act: "share", data: offer.data }, offer, honest.heard),
    refused("share-other-fingerprint"),
  );
  for (const person of ["chair", "nobody"]) {
    await assert.rejects(shareOffer(honest, person, honest.heard), refused("share-not-with"));
  }
  await assert.rejects(shareOffer(honest, "secretary", honest.heard), refused("share-no-key"));
  const named = await place({ how: { excluded: [DANA] } });
  await assert.rejects(shareOffer(named, DANA, named.heard), refused("share-not-with"));
  const seat = await place({ seat: "secretary" });
  await assert.rejects(shareOffer(seat, DANA, seat.heard), WrongPlace);
});

test("a request that was changed on the way does not check", async () => {
  const { manifest, heard } = await place();
  const bytes = Buffer.from(manifest.held.investigators[0].request, "base64");
  const request = verifyRequest(new Uint8Array(bytes));
  assert.deepEqual([request.seat, request.fingerprint], [DANA, heard]);
  const other = new TextEncoder().encode(bytes.toString().replace('"seat":"dana"', '"seat":"dane"'));
  assert.throws(() => verifyRequest(other), CryptoError);
  assert.ok(!isFingerprint("", heard) && !isFingerprint(heard.slice(0, -1), heard));
});
