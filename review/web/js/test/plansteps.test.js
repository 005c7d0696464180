import assert from "node:assert/strict";
import { test } from "node:test";

import { newestPlan, planSteps, planText } from "../plansteps.js";
import { readStepText, stepText } from "../steptext.js";

const PLAN = "Count hall 7\n[x] Ask the carrier";

/** An opened case in which these notes were signed for, in this order. */
function caseWith(...notes) {
  return {
    journal: { acts: notes.map((_, at) => ({ act: { data: { sealed: [String(at)] } }, trouble: "" })) },
    entries: notes.map((text, at) => ({ line: { digest: String(at) }, message: { kind: "note", body: { text } } })),
  };
}

test("each line of a plan is a step, and a mark before it says that it is done", () => {
  assert.deepEqual(planSteps(" Count hall 7 \n\n[X]Ask the carrier\n[x] \n"), [
    { text: "Count hall 7", done: false },
    { text: "Ask the carrier", done: true },
  ]);
  assert.equal(planText(planSteps(PLAN)), PLAN);
});

test("a plan is the same after it was sealed and opened", () => {
  const sealed = stepText({}, { plan: PLAN, reason: "None" });
  assert.equal(readStepText(sealed).texts[0][1], PLAN);
});

test("the newest plan that was signed for counts, whatever else was sealed since", () => {
  const [first, second] = [stepText({}, { plan: "One" }), stepText({}, { plan: "[x] One" })];
  assert.equal(newestPlan(caseWith(first, second, stepText({}, { note: "The facts" }))), "[x] One");
  assert.equal(newestPlan(caseWith(stepText({}, { note: "The facts" }))), "");
});

test("a plan that nobody signed for, or of whose act there is doubt, is none", () => {
  const file = caseWith(stepText({}, { plan: "One" }), stepText({}, { plan: "Two" }));
  file.journal.acts[1].trouble = "act-damaged";
  assert.equal(newestPlan(file), "One");
  file.journal.acts[0].act = null;
  assert.equal(newestPlan(file), "");
});
