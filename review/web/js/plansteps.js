/**
 * The plan of an investigation: one step on each line of a sealed text, ticked off by a mark.
 *
 * Pure. A plan is never changed: whoever ticks a step off signs the whole plan anew, and the one
 * before stays in the history of the case.
 *
 *     Count hall 7 with somebody who was not there in September.
 *     [x] Ask the carrier for its list of the quarter.
 */

import { readStepText } from "./steptext.js";

const DONE = /^\[[xX]\]\s*/u;

/**
 * @typedef {object} PlanStep
 * @property {string} text
 * @property {boolean} done
 */

/** The steps of a plan. @param {string} plan @returns {PlanStep[]} */
export function planSteps(plan) {
  return plan
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.replace(DONE, "") !== "")
    .map((line) => ({ text: line.replace(DONE, ""), done: DONE.test(line) }));
}

/** The plan of these steps, as it is sealed. @param {PlanStep[]} steps */
export function planText(steps) {
  return steps.map(({ text, done }) => (done ? `[x] ${text}` : text)).join("\n");
}

/**
 * The newest plan that was signed for in a case and checks, or "".
 *
 * @param {any} file the opened case
 */
export function newestPlan(file) {
  const sealed = file.journal.acts
    .filter(({ act, trouble }) => act !== null && trouble === "")
    .flatMap(({ act }) => act.data.sealed ?? [])
    .reverse();
  for (const digest of sealed) {
    const found = file.entries.find(({ line, message }) => line.digest === digest && message?.kind === "note");
    const plan = found && readStepText(found.message.body.text).texts.find(([name]) => name === "plan");
    if (plan !== undefined) {
      return plan[1];
    }
  }
  return "";
}
