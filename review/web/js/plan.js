/**
 * The plan on the page of an open case: its steps, to be ticked off and signed for.
 */

import { fill, word } from "./page.js";
import { newestPlan, planSteps, planText } from "./plansteps.js";

/** Show the newest plan of a case, if it has one. @param {any} file the opened case */
export function showPlan(file) {
  const card = document.getElementById("the-plan");
  const plan = newestPlan(file);
  if (card === null || plan === "") {
    hidePlan();
    return;
  }
  const before = sealedField(card)?.value ?? "";
  const ticked = new Set(planSteps(before).filter(({ done }) => done).map(({ text }) => text));
  const steps = planSteps(plan);
  const items = steps.map((step) => itemOf(step, step.done || ticked.has(step.text)));
  card.querySelector("[data-plan-steps]")?.replaceChildren(...items);
  card.hidden = false;
  tellTicks(card, plan);
  card.onchange = () => tellTicks(card, plan);
}

/** Take the plan from the page. */
export function hidePlan() {
  const card = document.getElementById("the-plan");
  card?.querySelector("[data-plan-steps]")?.replaceChildren();
  card?.toggleAttribute("hidden", true);
}

/** @param {import("./plansteps.js").PlanStep} step @param {boolean} checked */
function itemOf(step, checked) {
  const [item, label, box, text] = ["li", "label", "input", "span"].map((name) => document.createElement(name));
  Object.assign(box, { type: "checkbox", checked, defaultChecked: step.done, autocomplete: "off" });
  text.textContent = step.text;
  text.className = "opened-text";
  label.append(box, " ", text);
  item.append(label);
  return item;
}

/** What is to be sealed: the plan with its ticks, or nothing while they are as they were signed. */
function tellTicks(card, plan) {
  const boxes = [...card.querySelectorAll("[data-plan-steps] input")];
  const steps = planSteps(plan).map(({ text }, at) => ({ text, done: boxes[at]?.checked === true }));
  const changed = planText(steps) !== planText(planSteps(plan));
  const field = sealedField(card);
  if (field !== null) {
    field.value = changed ? planText(steps) : "";
    card.querySelector("button")?.toggleAttribute("disabled", !changed);
  } else {
    boxes.forEach((box) => (box.disabled = true));
  }
  const count = steps.filter(({ done }) => done).length;
  fill(card, "data-plan-count", word("plan-count", { count, all: steps.length }));
}

/** @param {HTMLElement} card @returns {HTMLTextAreaElement|null} the field, where a plan can be signed */
function sealedField(card) {
  return card.querySelector("textarea");
}
