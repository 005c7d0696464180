import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { pay, PUZZLES } from "../price.js";

const STAMP = `6b49d200-${"5a".repeat(32)}`;
const never = new AbortController().signal;

function hash(...parts) {
  return createHash("sha256").update(Buffer.concat(parts)).digest();
}

function zeros(solution, at) {
  const nonce = Buffer.from(solution.slice(8 * at, 8 * at + 8), "hex");
  return Math.clz32(hash(hash(Buffer.from(STAMP)), Buffer.from([at]), nonce).readUInt32BE());
}

test("every puzzle of a solution has its bits", async () => {
  const paid = await pay({ stamp: STAMP, bits: 8, seconds: 60 }, never);
  assert.ok(paid.startsWith(`${STAMP}-`));
  const solution = paid.slice(STAMP.length + 1);
  assert.equal(solution.length, 8 * PUZZLES);
  for (let at = 0; at < PUZZLES; at += 1) {
    assert.ok(zeros(solution, at) >= 8);
  }
});

test("when the wait is over first, the stamp alone is enough", async () => {
  let now = 0;
  const clock = () => (now += 50);
  assert.equal(await pay({ stamp: STAMP, bits: 32, seconds: 15 }, never, clock), STAMP);
  assert.ok(now >= 15_000);
});

test("whoever stops it sends nothing", async () => {
  const stopping = new AbortController();
  const paying = pay({ stamp: STAMP, bits: 32, seconds: 60 }, stopping.signal);
  setTimeout(() => stopping.abort(), 5);
  await assert.rejects(paying, (problem) => problem.word === "stopped");
});

test("the page goes on answering meanwhile", async () => {
  let turns = 0;
  const turning = setInterval(() => (turns += 1), 1);
  const stopping = new AbortController();
  setTimeout(() => stopping.abort(), 300);
  await assert.rejects(pay({ stamp: STAMP, bits: 32, seconds: 60 }, stopping.signal));
  clearInterval(turning);
  assert.ok(turns > 3, `${turns} turns`);
});
