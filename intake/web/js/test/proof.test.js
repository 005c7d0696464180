/** What the check of a proof says, on the shared vectors and against a service that lies. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import vm from "node:vm";
import { utf8 } from "../../../../crypto/browser/src/bytes.js";
import { signDocument, verifyKey } from "../../../../crypto/browser/src/signing.js";
import { canonical } from "../../../../crypto/browser/src/strict.js";
import { casesOf } from "../../../../crypto/browser/test/vectors.js";
import { checkProof, REASONS } from "../proofs.js";
import { makeCommittee } from "./committee.js";

const vectors = new URL("../../../../tests/vectors/", import.meta.url);
const PROOF = read("proof");
const ENTRY = read("entry");
const CHECKS = casesOf(PROOF).filter((each) => each.op === "check");
const { case: CASE_ID } = ENTRY.cases.find((each) => each.op === "subject");
const { keys: STATEMENT_KEYS } = ENTRY.cases.find((each) => each.name === "a deposit statement");
const LEDGER_KEY = named("the keeper's");
const OTHER_KEY = named("another ledger's");
const STATEMENT = utf8(ENTRY.bases.statement);
const INSTALLATION = JSON.parse(ENTRY.bases.statement).installation;
const HOLDS = {
  holds: true, on: "2026-11-21", index: 6, size: 16, origin: "ledger.example/one",
  keeper: "checked", at: "2026-11-21", cosigned: 1,
};

let asked;

function read(name) {
  return JSON.parse(readFileSync(new URL(`${name}.json`, vectors), "utf8"));
}

function named(name) {
  return CHECKS.find((each) => each.name === `a proof under a key: ${name}`).keys[0];
}

/** A roster with these fields; rosters of one seed have one root key. */
async function roster(fields, rootSeed) {
  const own = { installation: INSTALLATION, statement_keys: STATEMENT_KEYS };
  const readers = { ada: "chair", ben: "member" };
  return makeCommittee(readers, { ledger_key: LEDGER_KEY, ...own, ...fields }, rootSeed);
}

before(async () => {
  const committee = await roster({});
  asked = {
    proof: utf8(PROOF.bases.cosigned),
    statement: STATEMENT,
    kind: "submission.received",
    caseId: CASE_ID,
    rosters: [committee.bytes],
    rootKey: committee.page.rootKey,
    installation: INSTALLATION,
    rootSeed: committee.rootSeed,
  };
});

function found(changed) {
  return checkProof({ ...asked, ...changed });
}

function refused(changed, reason) {
  assert.deepEqual(found(changed), { holds: false, reason });
}

function statement(fields) {
  const { signature: _, ...document } = JSON.parse(ENTRY.bases.statement);
  const seed = new Uint8Array(32).fill(5);
  const signed = signDocument("deposit-statement", { ...document, ...fields }, seed);
  return { bytes: canonical(signed), key: verifyKey(seed) };
}

test("a proof of what was sent to this case holds, and says where and when", () => {
  assert.deepEqual(found({}), HOLDS);
  assert.deepEqual(found({ statement: null }), HOLDS);
});

test("without a cosigner none is counted", () => {
  const proof = utf8(PROOF.bases.signed);
  assert.deepEqual(found({ proof }), { ...HOLDS, cosigned: 0 });
  assert.equal(found({ proof: utf8(PROOF.bases["twice cosigned"]) }).cosigned, 2);
});

test("the proof of another case shows nothing of this one", () => {
  refused({ caseId: "0".repeat(64) }, "other");
});

test("the proof of a submission is none of a follow-up, nor of anything else", () => {
  refused({ kind: "follow-up.received" }, "other");
  refused({ kind: "cover" }, "other");
});

test("a proof without its entry is none", () => {
  refused({ proof: utf8(PROOF.bases["without the entry"]) }, "malformed");
});

test("an entry that is not at that place of the ledger is not proven", () => {
  const proof = utf8(PROOF.bases.cosigned.replace("index 6", "index 7"));
  refused({ proof }, "ledger");
});

test("a ledger signed by anybody else than its keeper is not believed", () => {
  refused({ proof: utf8(PROOF.bases.forged) }, "keeper");
});

test("a keeper's signature under another tree is not believed", () => {
  const lines = PROOF.bases.cosigned.split("\n");
  const at = lines.findIndex((line) => line.startsWith("\u2014 ledger.example/one "));
  const wrong = lines[at].replace(/.{8}$/, "AAAAAA==");
  refused({ proof: utf8(lines.with(at, wrong).join("\n")) }, "keeper");
});

test("a ledger that no roster names has an unknown keeper, and that is said", async () => {
  const unknown = { ...HOLDS, keeper: "unknown", at: null };
  for (const ledgerKey of [null, OTHER_KEY]) {
    const { bytes, page } = await roster({ ledger_key: ledgerKey }, asked.rootSeed);
    assert.deepEqual(found({ rosters: [bytes], rootKey: page.rootKey }), unknown);
  }
});

test("the key of an older roster counts too", async () => {
  const { bytes } = await roster({ ledger_key: OTHER_KEY }, asked.rootSeed);
  assert.deepEqual(found({ rosters: [bytes, ...asked.rosters] }), HOLDS);
});

test("a roster that the root key did not sign names no keeper and no statement key", async () => {
  const { bytes } = await roster({});
  const doubtful = { ...HOLDS, keeper: "unknown", at: null };
  assert.deepEqual(found({ rosters: [bytes], statement: null }), doubtful);
  refused({ rosters: [bytes] }, "statement");
});

test("a roster of another installation counts for nothing", async () => {
  const { bytes } = await roster({ installation: "0".repeat(32) }, asked.rootSeed);
  refused({ rosters: [bytes] }, "statement");
  assert.equal(found({ rosters: [bytes], statement: null }).keeper, "unknown");
});

test("bytes that are no roster count for nothing", () => {
  assert.deepEqual(found({ rosters: [utf8("{}"), new Uint8Array(0), ...asked.rosters] }), HOLDS);
});

test("a fabricated statement is not believed", () => {
  refused({ statement: statement({}).bytes }, "statement");
  refused({ statement: utf8("{}") }, "malformed");
});

test("a statement that promised something else is not kept by this entry", async () => {
  const lies = [{ deposit: "0".repeat(64) }, { on: "2026-11-20" }, { installation: "0".repeat(32) }];
  for (const lie of lies) {
    const { bytes, key } = statement(lie);
    const keys = [btoa(String.fromCharCode(...key))];
    const committee = await roster({ statement_keys: keys }, asked.rootSeed);
    refused({ statement: bytes, rosters: [committee.bytes] }, "statement");
  }
});

describe("no spelling but the one is a proof", () => {
  for (const each of CHECKS.filter(({ expect }) => expect !== "ok")) {
    test(each.name, async () => {
      const rosters = await Promise.all(
        each.keys.map(async (key) => (await roster({ ledger_key: key }, asked.rootSeed)).bytes),
      );
      const answer = found({ proof: utf8(each.text), rosters, statement: null });
      const held = each.expect === "UnknownLedger" ? { keeper: "unknown" } : { holds: false };
      assert.deepEqual({ ...answer, ...held }, answer);
      assert.ok(answer.holds || REASONS.includes(answer.reason));
    });
  }
});

test("every byte of a proof counts", () => {
  // A prime step walks through every line and every bit position without taking a minute.
  for (let at = 0; at < asked.proof.length; at += 31) {
    const proof = asked.proof.slice();
    proof[at] ^= 1 << at % 8;
    const answer = found({ proof });
    // A cosigner's line is by somebody whom the page does not know.
    const cosigners = at > PROOF.bases.signed.length;
    assert.ok(answer.holds === false || cosigners, `byte ${at}`);
  }
});

describe("the script as it is released", () => {
  const document = new EventTarget();
  const script = readFileSync(new URL("../../static/proof.js", import.meta.url), "utf8");
  let ready = 0;

  before(() => {
    document.addEventListener("proof-check-ready", () => (ready += 1));
    const globals = { document, CustomEvent, TextEncoder, TextDecoder, atob, btoa, crypto };
    vm.runInNewContext(script, { ...globals, Uint8Array, ArrayBuffer, DataView });
  });

  test("says once that it is there, and answers what it is asked", () => {
    assert.equal(ready, 1);
    const answers = [];
    for (const caseId of [CASE_ID, "0".repeat(64)]) {
      const detail = { ...asked, caseId, answer: (answer) => answers.push({ ...answer }) };
      document.dispatchEvent(new CustomEvent("check-proof", { detail }));
    }
    assert.deepEqual(answers, [HOLDS, { holds: false, reason: "other" }]);
  });
});
