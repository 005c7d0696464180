/**
 * What was signed in a case: each act held against the one before, its signers and the table.
 *
 * Pure, so that the same rules run without a browser. The server is believed in nothing: an act
 * of another case, one that does not follow, one whose signatures do not hold or are too few, and a
 * stage that no act led to are each found here, and said in words on the page.
 */

import { actHash, checkSigners, parseAct } from "../../../crypto/browser/src/act.js";
import { utf8 } from "../../../crypto/browser/src/bytes.js";
import { CryptoError } from "../../../crypto/browser/src/errors.js";
import { keysAfter, SHARE, shareIn } from "../../../crypto/browser/src/sharing.js";
import { messageDigest } from "../../../crypto/browser/src/message.js";
import table from "./course.json" with { type: "json" };
import { ACT as RECORD } from "./concern.js";
import { isMarkOf, MARK_DRILL } from "./drills.js";
import { investigatorOf, maySign } from "./signers.js";

/** The steps that happen without a signature: by reading, by a reply, by a new key, by themselves. */
const BY_THEMSELVES = /** @type {Record<string, string[]>} */ (table.unsigned);
const GRAVE = ["S1", "S2"];
const ONLINE = "ONLINE";
const OF_READERS = [SHARE, "release"];
const LEAST_SHARERS = 2;

/**
 * @typedef {object} Signed
 * @property {any} act
 * @property {string} hash
 * @property {any[]} signers readers, in the order of their ids
 * @property {string} trouble the page's word for why it is not to be believed, or ""
 *
 * @typedef {object} Known
 * @property {string} id of the case
 * @property {string} installation
 * @property {Map<string, any>} rosters verified
 * @property {any} submission
 * @property {{generation: number, readers: string[]}[]} [changes] later keys of the case
 *
 * @typedef {object} Shared somebody the case is or was shared with, as two readers signed it
 * @property {string} person
 * @property {number} generation whose key it is; with the next one the share ended
 * @property {Uint8Array} verifyKey
 * @property {any} reader who it is, as the roster lists them
 * @property {string} on
 * @property {any[]} by who signed it
 *
 * @typedef {object} Journal
 * @property {Signed[]} acts oldest first
 * @property {Signed[]} proposals
 * @property {string|null} head the hash of the newest act
 * @property {string} stage as the server says
 * @property {boolean} stageHolds whether the acts led there
 * @property {Signed|null} recorded the act of who wrote the submission down, where a member did
 * @property {boolean} channelHolds whether a member signed for the way that the server says it came
 * @property {Shared[]} shares
 */

/** The line of the table for an act in a stage, or undefined. @param {string} act @param {string} stage */
export function lineOf(act, stage) {
  return table.lines.find((line) => line.act === act && line.before.includes(stage));
}

/**
 * Whether an act is a step of the table. Who reads has acts of its own, which lead from no stage; two
 * of them are called as steps are.
 *
 * @param {any} act
 */
export function isStep(act) {
  const named = table.lines.some((line) => line.act === act.act);
  return named && !(OF_READERS.includes(act.act) && act.data.from === undefined);
}

/** The word that a submitter is shown for a stage. @param {string} stage */
export function shownWord(stage) {
  return /** @type {Record<string, string>} */ (table.shown)[stage];
}

/**
 * The acts and proposals of a case, checked.
 *
 * @param {any} manifest
 * @param {Known} known
 * @returns {Journal}
 */
export function readJournal(manifest, known) {
  let head = /** @type {string|null} */ (null);
  let stage = "RECEIVED";
  let severity = "S0";
  let shared = new Map();
  let generation = 1;
  const shares = /** @type {Shared[]} */ ([]);
  const acts = (manifest.acts ?? []).map((told) => {
    const found = checked(told, known, { head, stage, severity, shared, generation });
    if (found.act !== null && found.trouble === "") {
      shared = keysAfter(shared, found.act);
      generation = found.act.act === "rekey" ? found.act.data.generation : generation;
      if (found.act.act === SHARE && !isStep(found.act)) {
        shares.push(shareOf(found, known));
      }
    }
    if (found.act !== null) {
      head = found.hash;
      stage = (isStep(found.act) ? found.act.data.to : undefined) ?? stage;
      severity = wordsOf(found.act, "severity")[0] ?? severity;
    }
    return found;
  });
  const now = { head, stage: manifest.stage, severity, shared, generation, open: true };
  const proposals = (manifest.proposals ?? []).map((told) => checked(told, known, now));
  const stageHolds = comesTo(stage, manifest.stage);
  const recorded = recordedBy(acts.at(0));
  const channelHolds = (recorded?.act.data.channel ?? ONLINE) === (manifest.channel ?? ONLINE);
  return { acts, proposals, head, stage: manifest.stage, stageHolds, shares, recorded, channelHolds };
}

/** The codes under a name of an act's data. @param {any} act @param {string} name @returns {string[]} */
export function wordsOf(act, name) {
  const value = act.data[name];
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [String(value)];
}

/** The first act, if a member signed in it for how the case came; by the form where nobody did. */
function recordedBy(first) {
  return first?.act?.act === RECORD && first.trouble === "" ? first : null;
}

/** @returns {Signed} */
function checked(told, known, before) {
  const empty = { act: null, hash: "", signers: [], trouble: "act-damaged" };
  let act;
  try {
    act = parseAct(utf8(String(told.act)));
  } catch (refused) {
    return passOn(refused, empty);
  }
  const found = { act, hash: actHash(act), signers: [], trouble: "" };
  if (act.subject !== known.id || act.installation !== known.installation) {
    return { ...found, act: null, trouble: "act-elsewhere" };
  }
  if (act.previous !== before.head) {
    return { ...found, trouble: "act-out-of-turn" };
  }
  const roster = known.rosters.get(act.roster);
  if (roster === undefined) {
    return { ...found, trouble: "act-roster" };
  }
  try {
    const ids = [...checkSigners(act, told.signatures, roster, before.shared)].sort();
    const signers = ids.map((id) => roster.reader(id) ?? investigatorOf(id, roster));
    return { ...found, signers, trouble: troubleOf(act, signers, roster, known, before) };
  } catch (refused) {
    return passOn(refused, { ...found, trouble: "act-signature" });
  }
}

/** What is wrong with an act whose signatures hold. */
function troubleOf(act, signers, roster, known, before) {
  const first = known.rosters.get(known.submission.roster);
  const may = ({ id }) =>
    roster.reader(id) === undefined
      ? !known.submission.excluded.includes(id)
      : maySign(id, roster, known.submission, first, known.changes);
  if (!signers.every(may)) {
    return "act-signer";
  }
  if (act.act === RECORD) {
    const isFirst = before.head === null && !before.open;
    return isFirst && act.data.submission === messageDigest(known.submission) ? "" : "act-elsewhere";
  }
  if (act.act === SHARE && !isStep(act)) {
    return shareTrouble(act, signers, roster, known, before);
  }
  const line = lineOf(act.act, act.data.from ?? before.stage);
  if (!isStep(act) || line === undefined) {
    // What is no step of the table (a new key, who reads) has rules of its own where it is done.
    return isStep(act) ? "act-not-there" : "";
  }
  if (act.act === MARK_DRILL && !isMarkOf(wordsOf(act, "mark"), known)) {
    return "act-not-drill";
  }
  const from = act.data.from;
  const leads = act.data.to === (line.after ?? from);
  if (!comesTo(before.stage, from) || !leads) {
    return "act-not-there";
  }
  if (signers.some(({ role }) => !line.who.includes(role))) {
    return "act-signer";
  }
  return before.open || signers.length >= fewest(line, act, before.severity) ? "" : "act-too-few";
}

/** What is wrong with a share: two readers sign it, for somebody of neither kind, and the key of then. */
function shareTrouble(act, signers, roster, known, before) {
  const deciding = signers.every(({ id }) => roster.reader(id) !== undefined);
  let share;
  try {
    share = shareIn(act);
  } catch (refused) {
    return passOn(refused, { trouble: "act-damaged" }).trouble;
  }
  const { person, generation } = share;
  const out = roster.reader(person) !== undefined || known.submission.excluded.includes(person);
  if (out || !deciding || before.shared.has(person)) {
    return "act-share";
  }
  if (generation !== before.generation) {
    return "act-not-there";
  }
  return before.open || signers.length >= LEAST_SHARERS ? "" : "act-too-few";
}

/** @param {Signed} found @param {Known} known @returns {Shared} */
function shareOf({ act, signers }, known) {
  const { person, generation, verifyKey } = shareIn(act);
  const reader = investigatorOf(person, known.rosters.get(act.roster));
  return { person, generation, verifyKey, reader, on: act.on, by: signers };
}

/** How many people an act takes at the least. */
function fewest(line, act, severity) {
  const wanted = wordsOf(act, "severity")[0] ?? severity;
  const twoIf = /** @type {Record<string, boolean>} */ ({
    "lead and one if grave": GRAVE.includes(wanted),
    "lead, or the committee if grave": GRAVE.includes(severity),
    "two if the severity falls": rank(wanted) > rank(severity),
  });
  return line.two || twoIf[line.signers] ? 2 : 1;
}

/** S0 stands below all, as nothing is known of it. @param {string} severity */
function rank(severity) {
  return ["S1", "S2", "S3", "S4", "S0"].indexOf(severity);
}

/** Whether a case comes from one stage to another without a signature. */
function comesTo(from, to) {
  return from === to || (BY_THEMSELVES[from] ?? []).some((next) => comesTo(next, to));
}

function passOn(refused, found) {
  if (!(refused instanceof CryptoError)) {
    throw refused;
  }
  return found;
}
