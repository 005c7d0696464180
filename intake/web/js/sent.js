/** The list of what was sent: whether it is recorded, what can be saved of it, and a check. */

import { checkProof } from "./checking.js";
import { saves } from "./keeping.js";
import { copyOf, dayText, sentence } from "./page.js";

/** Put the messages of an opened mailbox into the list. */
export function showSent(list, mailbox, page) {
  const { script, integrity } = list.dataset;
  const lines = mailbox.receipts.map((receipt) => {
    const copy = copyOf("sent-line-template");
    const at = (name) => copy.querySelector(`[data-${name}]`);
    at("line").textContent = `${titleOf(receipt)} ${sentence(standing(receipt))}`;
    offer(at("save"), receipt);
    if (receipt.proof !== null) {
      const result = at("result");
      const check = at("check");
      check.hidden = false;
      check.addEventListener("click", async () => {
        result.textContent = sentence("proof-checking");
        const found = await checkProof({ script, integrity }, asked(receipt, mailbox, page));
        result.textContent = resultText(found, page.lang);
      });
    }
    return copy;
  });
  list.replaceChildren(...lines);
}

function titleOf({ n }) {
  return n === 1 ? sentence("sent-first") : sentence("sent-later", { n });
}

/** The name of the sentence for where a message stands. */
function standing({ proof, statement, doubtful }) {
  if (doubtful) {
    return "sent-doubtful";
  }
  return proof !== null ? "sent-recorded" : statement !== null ? "sent-waiting" : "sent-nothing";
}

function offer(link, { n, proof, statement }) {
  const bytes = proof ?? statement;
  if (bytes === null) {
    link.remove();
    return;
  }
  const name = n === 1 ? "submission" : `follow-up-${n}`;
  link.hidden = false;
  link.textContent = sentence(proof === null ? "save-statement" : "save-proof");
  saves(link, proof === null ? "statement.json" : `${name}.tlog-proof`, bytes);
}

/** What the check is told: see proof.js. */
function asked({ n, proof, statement }, { caseId, rosters }, { rootKey, installation }) {
  const kind = n === 1 ? "submission.received" : "follow-up.received";
  return { proof, statement, kind, caseId, rosters, rootKey, installation };
}

/** What was found, in the words of the page; null when the check could not be loaded. */
function resultText(found, lang) {
  if (found === null) {
    return sentence("proof-unloaded");
  }
  if (!found.holds) {
    return `${sentence(`proof-${found.reason}`)} ${sentence("proof-doubt")}`;
  }
  const values = { day: dayText(found.on, lang), number: found.index + 1, size: found.size };
  return `${sentence("proof-listed", values)} ${vouchers(found)}`;
}

/** Who vouches for the list: its keeper, and others whom only a policy of one's own can name. */
function vouchers({ keeper, cosigned }) {
  if (keeper !== "checked") {
    return sentence("proof-unknown");
  }
  const others = cosigned > 0 ? "proof-cosigned" : "proof-alone";
  return `${sentence("proof-signed")} ${sentence(others, { count: cosigned })}`;
}
