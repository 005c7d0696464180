/**
 * Checks a proof for the follow-up page, when somebody asks for it: that the ledger has what they
 * sent. Loaded then and not before, because it is large.
 *
 * It says "proof-check-ready" on document once, and from then on answers every "check-proof", whose
 * detail is
 *
 *     {proof, statement, kind, caseId, rosters, rootKey, installation, answer}
 *
 * with the proof file and the deposit statement (or null) as bytes, kind "submission.received" or
 * "follow-up.received", the case's id as the opened mailbox gave it, the roster documents at hand,
 * the pinned root key as bytes, and the function to call with what was found.
 */

import { checkProof } from "./proofs.js";

document.addEventListener("check-proof", ({ detail }) => detail.answer(checkProof(detail)));
document.dispatchEvent(new CustomEvent("proof-check-ready"));
