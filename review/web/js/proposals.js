/**
 * What waits for a second signature: shown as the act says it, checked here, signed or declined.
 *
 * The one who signs sees what they sign, because it is read out of the very bytes that are signed.
 */

import { openedCase } from "./casepage.js";
import { isStep } from "./journal.js";
import { frame, copyOf, fill, shownDay, word } from "./page.js";
import { decide } from "./steps.js";
import { factsOf, sealedWith, titleOf } from "./told.js";

/** Show the proposals of the open case in their place. @param {import("./casefile.js").CaseFile} file */
export function showProposals(file) {
  const place = document.querySelector("#proposals [data-proposals]");
  const steps = file.journal.proposals.filter(({ act }) => act === null || isStep(act));
  const elements = steps.map((one) => element(one, file));
  place?.replaceChildren(...elements);
  document.getElementById("proposals")?.toggleAttribute("hidden", elements.length === 0);
}

/** Take them from the page. */
export function hideProposals() {
  document.querySelector("#proposals [data-proposals]")?.replaceChildren();
  document.getElementById("proposals")?.setAttribute("hidden", "");
}

function element(proposal, file) {
  const { act, signers } = proposal;
  const trouble = troubleOf(proposal, file);
  const card = copyOf("proposal-template");
  if (trouble !== "") {
    card.classList.add("warning");
    card.setAttribute("role", "alert");
    fill(card, "data-title", word("proposal-doubt"));
    fill(card, "data-text", word(trouble));
    card.querySelector("[data-choices]")?.remove();
    return card;
  }
  const mine = signers.some(({ id }) => id === frame().person);
  fill(card, "data-title", titleOf(act));
  fill(card, "data-by", word("proposed-by", {
    names: signers.map((one) => word("by-reader", one)).join("; "), day: shownDay(act.on),
  }));
  card.querySelector("[data-facts]")?.append(...factsOf(act, file));
  fill(card, "data-text", word(mine ? "proposal-mine" : "proposal-yours"));
  const [sign, decline] = ["sign", "decline"].map((name) => card.querySelector(`[data-${name}]`));
  if (mine) {
    sign?.remove();
    fill(card, "data-decline", word("proposal-withdraw"));
  }
  sign?.addEventListener("click", () => void deciding(card, proposal, true));
  decline?.addEventListener("click", () => void deciding(card, proposal, false));
  return card;
}

/** Why a proposal is not to be signed, or "". */
function troubleOf(proposal, file) {
  if (proposal.act === null || proposal.trouble !== "") {
    return proposal.trouble;
  }
  if (proposal.signers.length === 0) {
    return "act-signature";
  }
  if (!file.journal.stageHolds || file.journal.acts.some(({ trouble }) => trouble !== "")) {
    return "proposal-after-doubt";
  }
  const note = sealedWith(proposal.act, file);
  const wants = proposal.act.data.sealed !== undefined;
  const fits = !wants || proposal.signers.some(({ id }) => id === note?.reader?.id);
  return fits ? "" : "proposal-note";
}

async function deciding(card, proposal, sign) {
  const buttons = card.querySelectorAll("button");
  buttons.forEach((button) => (button.disabled = true));
  await decide(proposal, sign, (said) => fill(card, "data-status", said));
  buttons.forEach((button) => (button.disabled = openedCase() === null));
}
