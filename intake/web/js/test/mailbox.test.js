import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { recipientFromSeed, seal } from "../../../../crypto/browser/src/age.js";
import { draw, join } from "../../../../crypto/browser/src/bytes.js";
import { buildAct, signAct } from "../../../../crypto/browser/src/act.js";
import { caseId, signMailbox } from "../../../../crypto/browser/src/case.js";
import { rekeyData, sealKeying } from "../../../../crypto/browser/src/keying.js";
import {
  buildMessage,
  messageDigest,
  nextPlace,
  sealMessage,
} from "../../../../crypto/browser/src/message.js";
import { mailboxId } from "../../../../crypto/browser/src/receipt.js";
import { memberSeed } from "../../../../crypto/browser/src/signing.js";
import { canonical, toB64 } from "../../../../crypto/browser/src/strict.js";
import { openMailbox } from "../mailbox.js";
import { NewCase } from "../sealing.js";
import { makeCommittee, ROLES, TODAY } from "./committee.js";

const STEP = 131072;
const ZERO = "0".repeat(64);
let committee;
let begun;
let letters;

before(async () => {
  committee = await makeCommittee(ROLES);
  begun = await NewCase.draw(committee.roster, []);
  letters = await thread([
    ["reply", { text: "Thank you." }],
    ["state", { state: "asked", next_on: "2026-12-01" }],
    ["reply", { text: "Which quarter?" }],
  ]);
});

/** Letters to the mailbox of this test's case, one after the other. */
async function thread(bodies, { by = "ada", ofCase = begun, from = committee } = {}) {
  const made = [];
  let head = { n: 0, digest: null };
  for (const [kind, body] of bodies) {
    const place = nextPlace(from.roster.installation, caseId(ofCase.recipient), head);
    const fields = { kind, place, roster: from.roster.hash, on: TODAY, lang: "en", body };
    const signed = memberSeed(from.seeds[by]);
    const message = buildMessage({ ...fields, sealed_in: "browser" }, signed);
    const envelope = toB64(await sealMessage(message, begun.mailbox));
    head = { n: head.n + 1, digest: messageDigest(message) };
    made.push({ n: head.n, envelope });
  }
  return made;
}

function padded(value) {
  const content = canonical(value);
  const filled = new Uint8Array(Math.ceil((content.length + 4) / STEP) * STEP);
  new DataView(filled.buffer).setUint32(0, content.length);
  filled.set(content, 4);
  return filled;
}

function answer(changed = {}) {
  const record = signMailbox(
    {
      installation: committee.roster.installation,
      mailbox: mailboxId(begun.keys.lookup),
      recipient: begun.recipient,
    },
    begun.keys.signingSeed,
  );
  return {
    found: true,
    case: begun.recipient,
    generation: 1,
    signature: record.signature,
    head: { n: 1, digest: ZERO },
    keyings: [],
    letters,
    receipts: [{ n: 1, proof: null, statement: null }],
    rosters: { [committee.roster.hash]: toB64(committee.bytes) },
    ...changed,
  };
}

function opened(changed) {
  return openMailbox(padded(answer(changed)), begun.keys, committee.page);
}

/** What a person is shown: the texts or states in order, and whether something is amiss. */
async function shown(changed) {
  const mailbox = await opened(changed);
  const bodies = mailbox.letters.map(({ message }) => message.body.text ?? message.body.state);
  return [bodies, mailbox.unchecked];
}

test("replies and states are opened in order, with the title of who signed", async () => {
  const mailbox = await opened();
  assert.deepEqual(await shown(), [["Thank you.", "asked", "Which quarter?"], 0]);
  assert.equal(mailbox.letters[0].from, "The chair");
  assert.deepEqual(
    [mailbox.recipient, mailbox.caseId, mailbox.head],
    [begun.recipient, caseId(begun.recipient), { n: 1, digest: ZERO }],
  );
});

test("how many steps an answer was filled up to says nothing", async () => {
  for (const value of [answer(), { found: false }]) {
    const larger = join(padded(value), new Uint8Array(2 * STEP));
    const mailbox = await openMailbox(larger, begun.keys, committee.page);
    assert.equal(mailbox?.letters.length ?? null, value.found ? 3 : null);
  }
});

test("an empty mailbox is a mailbox, and an unknown one is none", async () => {
  assert.deepEqual(await shown({ letters: [] }), [[], 0]);
  const none = await openMailbox(padded({ found: false }), begun.keys, committee.page);
  assert.equal(none, null);
});

/** A key of this test's case after another one, as these readers sign it, sealed to the mailbox. */
async function keyed({ seed = draw(32), before = begun.recipient, signers = ["ada", "ben"], ...changed }) {
  const recipient = await recipientFromSeed(seed);
  const sealed = { grant: draw(8), link: draw(8) };
  const readers = changed.readers ?? ["ada", "ben"];
  const generation = changed.generation ?? 2;
  const act = buildAct({
    installation: committee.roster.installation,
    subject: caseId(begun.recipient),
    act: "rekey",
    data: rekeyData({ generation, recipient, before, readers, ...sealed }),
    roster: committee.roster.hash,
    on: TODAY,
    previous: null,
  });
  const signatures = signers.map((by) => signAct(act, by, memberSeed(committee.seeds[by])));
  const named = changed.swapped ?? recipient;
  const keying = { recipient: named, act, signatures };
  return { recipient, envelope: toB64(await sealKeying(keying, begun.mailbox)) };
}

test("what two readers signed takes the place of the key before", async () => {
  const second = await keyed({});
  const third = await keyed({ generation: 3, before: second.recipient });
  for (const keys of [[second], [second, third]]) {
    const mailbox = await opened({ keyings: keys.map(({ envelope }) => envelope) });
    assert.equal(mailbox.recipient, keys.at(-1).recipient);
    assert.equal(mailbox.caseId, caseId(begun.recipient));
    assert.equal(mailbox.letters.length, 3);
  }
});

test("a key that two readers did not sign is not sealed to, and replies are read", async () => {
  const second = await keyed({});
  const third = await keyed({ generation: 3, before: second.recipient });
  const stranger = await recipientFromSeed(draw(32));
  const wrong = [
    [await keyed({ signers: ["ada"] })],
    [await keyed({ signers: ["ada", "ben"], readers: ["ben", "cleo"] })],
    [await keyed({ swapped: stranger })],
    [await keyed({ before: stranger })],
    [third],
    [second, second],
    [third, second],
  ];
  for (const keys of wrong) {
    const mailbox = await opened({ keyings: keys.map(({ envelope }) => envelope) });
    assert.equal(mailbox.recipient, null);
    assert.equal(mailbox.letters.length, 3);
  }
});

/** A proof as the committee's program leaves it in the mailbox. */
function sealedProof(content, recipient = begun.mailbox, step = 16384) {
  const filled = new Uint8Array(step);
  new DataView(filled.buffer).setUint32(0, content.length);
  filled.set(content, 4);
  return seal(filled, [recipient]);
}

test("a proof is opened and a statement handed on, each with its place", async () => {
  const proof = new TextEncoder().encode("a proof");
  const statement = new TextEncoder().encode("a statement");
  const receipts = [
    { n: 1, proof: toB64(await sealedProof(proof)), statement: toB64(statement) },
    { n: 2, proof: null, statement: null },
  ];
  const mailbox = await opened({ receipts });
  assert.deepEqual(mailbox.receipts, [
    { n: 1, proof, statement, doubtful: false },
    { n: 2, proof: null, statement: null, doubtful: false },
  ]);
  assert.deepEqual(mailbox.rosters, [committee.bytes]);
});

test("a proof that is not for this mailbox, or not in its size, is told and not given", async () => {
  const proof = new TextEncoder().encode("a proof");
  const other = await recipientFromSeed(draw(32));
  const sizes = [8192, 32768].map((step) => sealedProof(proof, begun.mailbox, step));
  for (const made of [sealedProof(proof, other), ...sizes]) {
    const receipts = [{ n: 1, proof: toB64(await made), statement: null }];
    const mailbox = await opened({ receipts });
    assert.deepEqual(mailbox.receipts, [{ n: 1, proof: null, statement: null, doubtful: true }]);
  }
});

describe("what a hostile service could hand out", () => {
  const refused = (changed, name) => assert.rejects(opened(changed), { name });

  test("another case's key for the follow-ups", async () => {
    await refused({ case: await recipientFromSeed(draw(32)) }, "InvalidSignature");
  });

  test("a later key that nobody vouches for", async () => {
    await assert.rejects(opened({ generation: 2 }), (problem) => problem.word === "not-genuine");
  });

  test("a document in another form", async () => {
    await refused({ more: 1 }, "Malformed");
    await refused({ letters: {} }, "Malformed");
    await refused({ receipts: null }, "Malformed");
    await refused({ receipts: [{ n: 0, proof: null, statement: null }] }, "Malformed");
    await refused({ receipts: [{ n: 1, proof: 5, statement: null }] }, "Malformed");
    await refused({ head: { n: 0, digest: ZERO } }, "Malformed");
    await refused({ letters: [{ n: 1, envelope: 5 }] }, "Malformed");
    const loose = padded(answer()).subarray(0, STEP / 2);
    await assert.rejects(openMailbox(loose, begun.keys, committee.page), {
      name: "MalformedPadding",
    });
    const filled = padded(answer());
    filled[filled.length - 1] = 1;
    await assert.rejects(openMailbox(filled, begun.keys, committee.page), {
      name: "MalformedPadding",
    });
  });

  test("a letter left out in the middle", async () => {
    const changed = { letters: [letters[0], letters[2]] };
    assert.deepEqual(await shown(changed), [["Thank you.", "Which quarter?"], 1]);
  });

  test("the first letter left out", async () => {
    assert.deepEqual(await shown({ letters: letters.slice(1) }), [["asked", "Which quarter?"], 1]);
  });

  test("letters numbered anew to hide one", async () => {
    const changed = { letters: [letters[0], { ...letters[2], n: 2 }] };
    assert.deepEqual(await shown(changed), [["Thank you."], 1]);
  });

  test("a letter repeated, and letters in another order", async () => {
    assert.deepEqual(await shown({ letters: [letters[0], letters[0]] }), [["Thank you."], 1]);
    const [bodies, unchecked] = await shown({ letters: [...letters].reverse() });
    assert.ok(bodies.length < 3 && unchecked > 0);
  });

  test("a letter with a bit flipped", async () => {
    const bytes = Uint8Array.from(atob(letters[1].envelope), (symbol) => symbol.charCodeAt(0));
    bytes[bytes.length - 1] ^= 1;
    const changed = { letters: [letters[0], { n: 2, envelope: toB64(bytes) }, letters[2]] };
    assert.deepEqual(await shown(changed), [["Thank you.", "Which quarter?"], 1]);
  });

  test("a letter for another case of the same committee", async () => {
    const other = await NewCase.draw(committee.roster, []);
    const moved = await thread([["reply", { text: "Wrong." }]], { ofCase: other });
    assert.deepEqual(await shown({ letters: moved }), [[], 1]);
  });

  test("a letter signed by somebody who is not on the roster", async () => {
    const stranger = { ...committee, seeds: { ada: draw(32) } };
    const forged = await thread([["reply", { text: "Wrong." }]], { from: stranger });
    assert.deepEqual(await shown({ letters: forged }), [[], 1]);
  });

  test("a note or a submitter's message in the place of a reply", async () => {
    const notes = await thread([["note", { text: "Wrong." }]]);
    assert.deepEqual(await shown({ letters: notes }), [[], 1]);
  });

  test("a roster of its own making, under its own hash and under the right one", async () => {
    const { installation } = committee.roster;
    const own = await makeCommittee(ROLES, { installation });
    const forged = await thread([["reply", { text: "Wrong." }]], { from: own });
    const rosters = { [own.roster.hash]: toB64(own.bytes) };
    assert.deepEqual(await shown({ letters: forged, rosters }), [[], 1]);
    const swapped = { [committee.roster.hash]: toB64(own.bytes) };
    assert.deepEqual(await shown({ rosters: swapped }), [[], 3]);
  });

  test("a letter under an older roster than that of the letter before", async () => {
    const { installation } = committee.roster;
    const root = committee.rootSeed;
    const later = await makeCommittee(ROLES, { installation, epoch: 2, previous: ZERO }, root);
    const [first] = await thread([["reply", { text: "From the new ones." }]], { from: later });
    const [, second] = await thread([
      ["reply", { text: "Unseen." }],
      ["reply", { text: "From one who has left." }],
    ]);
    const rosters = { ...answer().rosters, [later.roster.hash]: toB64(later.bytes) };
    const changed = { letters: [first, { ...second, n: 2 }], rosters };
    assert.deepEqual(await shown(changed), [["From the new ones."], 1]);
    const alone = { letters: [{ ...second, n: 2 }], rosters };
    assert.deepEqual(await shown(alone), [["From one who has left."], 1]);
    const gap = { letters: [first, { ...second, n: 3 }], rosters };
    assert.equal((await shown(gap))[0].length, 1);
  });

  test("a roster of another installation under the same root key", async () => {
    const elsewhere = await makeCommittee(ROLES, {}, committee.rootSeed);
    const { installation } = committee.roster;
    const roster = Object.create(elsewhere.roster, { installation: { value: installation } });
    const from = { roster, seeds: elsewhere.seeds };
    const moved = await thread([["reply", { text: "Wrong." }]], { from });
    const rosters = { [elsewhere.roster.hash]: toB64(elsewhere.bytes) };
    assert.deepEqual(await shown({ letters: moved, rosters }), [[], 1]);
  });

  test("no roster at all, or names that every object has", async () => {
    assert.deepEqual(await shown({ rosters: {} }), [[], 3]);
    assert.deepEqual(await shown({ rosters: null }), [[], 3]);
  });
});
