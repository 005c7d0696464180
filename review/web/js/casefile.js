/**
 * A case as its reader may see it: opened, checked and put in order, without a page.
 *
 * Everything comes in as arguments, so that the same rules run in the tests without a browser.
 * openCase refuses the whole case, or gives entries of which each is either a message that checked
 * or the reason why it is not shown.
 */

import { openGrant } from "../../../crypto/browser/src/case.js";
import { CryptoError, WrongIdentity } from "../../../crypto/browser/src/errors.js";
import { openEnvelope } from "../../../crypto/browser/src/message.js";
import { check, wordFor } from "./checking.js";
import { drillOf } from "./drills.js";
import { isLate, openedKeys } from "./generations.js";
import { readJournal, shownWord } from "./journal.js";
import { verifiedRosters } from "./rosters.js";

const THREADS = ["submitter", "committee", "notes"];
const MOST_GAPS = 20;
/** What a follow-up can be found to be that contradicts the submission. */
const CONTRADICTS = ["trouble-signature", "trouble-place"];
const NO_STATE = "no-state";
/** What a submitter is shown before anything was said to them. */
const BEFORE_A_STATE = ["received", "reading"];

/** @typedef {import("./checking.js").Line} Line */
/**
 * @typedef {object} Entry
 * @property {Line} line
 * @property {any|null} message null when it is not to be shown
 * @property {any|null} reader who signed it, null for the submitter
 * @property {string} trouble the page's word for why it is not shown, or ""
 * @property {number} generation whose key opened it, 0 for none
 * @property {boolean} late an older key opened it than there was on its day
 *
 * @typedef {object} CaseFile
 * @property {string} id
 * @property {Uint8Array} seed of the newest generation
 * @property {Map<number, Uint8Array>} seeds
 * @property {any} held what the server says of who reads, and what waits to be signed
 * @property {string} recipient of the newest generation
 * @property {any} submission
 * @property {Map<string, any>} rosters
 * @property {Entry[]} entries in the order to show
 * @property {{thread: string, n: number}[]} gaps
 * @property {Record<string, {n: number, digest: string}|null>} heads the server's last line of
 *   each thread, checked or not: whatever is added comes after it
 * @property {{named: string[], hidden: string[]}|null} exclusion where server and submitter differ
 * @property {{coded: string, signed: string}|null} state where server and committee differ
 * @property {{now: import("./journal.js").Shared[], told: string[], differs: boolean}} sharing with
 *   whom the case is shared now as two signed it, and as the server tells it
 * @property {string} shown the word that the submitter was last told, or what they see without one
 * @property {import("./journal.js").Journal} journal what was signed, and what waits for it
 * @property {string[]|null} drill the words of the mark by which the case is a drill of the line
 * @property {Map<string, any>} readers everybody of the case's rosters by id
 */

/** The whole case is not to be shown; `word` names the page's reason. */
export class CaseRefused extends Error {
  name = "CaseRefused";

  /** @param {string} word */
  constructor(word) {
    super(word);
    this.word = word;
  }
}

/**
 * Open everything of a case with a reader's identity.
 *
 * @param {string} id the case that the reader asked for
 * @param {any} manifest what the server says of it
 * @param {{person: string, seed: Uint8Array, former?: Uint8Array[], installation: string,
 *   rootKey: string, drillKey?: string}} reader former: the keys that the reader had when older
 *   cases came in; drillKey: that of the installation, base64
 * @param {(url: string) => Promise<Uint8Array>} fetchBytes
 * @returns {Promise<CaseFile>}
 */
export async function openCase(id, manifest, reader, fetchBytes) {
  const own = manifest.held.own_share ?? manifest.grant;
  const seeds = [reader.seed, ...(reader.former ?? [])];
  const grant = await openedGrant(await fetchBytes(own), seeds);
  const rosters = verifiedRosters(manifest.rosters, reader.rootKey);
  const { installation } = reader;
  const keys = await believedKeys(id, manifest, grant, { installation, rosters }, fetchBytes);
  const known = { installation, case: id, ...keys, rosters, submission: null, shares: [] };
  const opened = await Promise.all(
    manifest.envelopes.map((line) => openedEntry(line, keys, fetchBytes)),
  );
  const submitter = checkedThread(ofThread(opened, "submitter"), known);
  const submission = known.submission;
  if (submission === null) {
    throw new CaseRefused("case-no-submission");
  }
  const journal = readJournal(manifest, { ...known, id, submission });
  known.shares = journal.shares;
  const threads = {
    submitter,
    committee: checkedThread(ofThread(opened, "committee"), known),
    notes: checkedThread(ofThread(opened, "notes"), known),
  };
  if (submission.excluded.includes(reader.person)) {
    throw new CaseRefused("case-names-you");
  }
  return {
    id,
    seed: grant,
    seeds: keys.seeds,
    held: manifest.held,
    recipient: keys.recipient,
    submission,
    rosters,
    entries: inOrder(Object.values(threads).flat()),
    gaps: gapsIn(manifest.envelopes),
    heads: Object.fromEntries(THREADS.map((name) => [name, lastOf(threads[name])])),
    exclusion: difference(submission.excluded, manifest.excluded),
    state: stateDifference(manifest.state, threads.committee),
    shown: lastState(threads.committee) ?? "reading",
    sharing: sharingOf(manifest, journal, keys.changes.length + 1),
    journal,
    drill: drillOf({ id, installation, submission, drillKey: reader.drillKey ?? "" }),
    readers: peopleOf(rosters, journal),
  };
}

/**
 * Whether a message may be added to this thread.
 *
 * A case whose submission is in doubt is not open at all. Where the server and the submitter do not
 * say the same of who is excluded, the submitter hears nothing until the readers have spoken. What
 * else does not check is warned about: anybody can send an envelope that opens to nothing, and it
 * must not silence the committee. While somebody who is out of the case holds its newest key,
 * nothing is sealed to it.
 *
 * @param {CaseFile} file
 * @param {"committee"|"notes"} thread
 */
export function mayAdd(file, thread) {
  return !file.held.blocked && (thread === "notes" || file.exclusion === null);
}

/**
 * Whether a person has to decide before adding to this thread: something of it is missing or does
 * not check, so that they would go on from a line of which only the server knows.
 *
 * A reply also goes to the mailbox that the submission names. A follow-up by another hand, or after
 * another submission, means that one of the two is not the submitter's.
 *
 * @param {CaseFile} file
 * @param {"committee"|"notes"} thread
 */
export function isInDoubt(file, thread) {
  const doubtful = file.entries.some(
    ({ line, trouble }) =>
      (line.thread === thread && trouble !== "") ||
      (thread === "committee" && line.thread === "submitter" && CONTRADICTS.includes(trouble)),
  );
  return doubtful || file.gaps.some((gap) => gap.thread === thread);
}

/** @param {Uint8Array} sealed @param {Uint8Array[]} seeds @returns {Promise<Uint8Array>} */
async function openedGrant(sealed, [seed, ...former]) {
  try {
    return await openGrant(sealed, seed);
  } catch (refused) {
    if (refused instanceof WrongIdentity) {
      if (former.length > 0) {
        return openedGrant(sealed, former);
      }
      throw new CaseRefused("case-not-yours");
    }
    if (refused instanceof CryptoError) {
      throw new CaseRefused("case-swapped");
    }
    throw refused;
  }
}

/** The keys of the case, or a refusal of all of it where they do not agree. */
async function believedKeys(id, manifest, grant, known, fetchBytes) {
  try {
    return await openedKeys(id, manifest, grant, known, fetchBytes);
  } catch (refused) {
    if (refused instanceof CryptoError) {
      throw new CaseRefused("case-swapped");
    }
    throw refused;
  }
}

/**
 * @param {Line} line
 * @param {import("./generations.js").Keys} keys
 * @param {(url: string) => Promise<Uint8Array>} fetchBytes
 * @returns {Promise<Entry>}
 */
async function openedEntry(line, { seeds, changes }, fetchBytes) {
  const entry = { line, message: null, reader: null, trouble: "", generation: 0, late: false };
  const sealed = await fetchBytes(line.url).catch((refused) => {
    if (refused.name !== "Refused") {
      throw refused;
    }
    return null;
  });
  if (sealed === null) {
    return { ...entry, trouble: "trouble-missing" };
  }
  try {
    const { message, generation } = await openedByAny(sealed, seeds);
    return { ...entry, message, generation, late: isLate(message, generation, changes) };
  } catch (refused) {
    return { ...entry, trouble: wordFor(refused) };
  }
}

/** What an envelope holds, and the newest generation that opens it. */
async function openedByAny(sealed, seeds) {
  for (let generation = seeds.size; ; generation -= 1) {
    try {
      return { message: await openEnvelope(sealed, seeds.get(generation)), generation };
    } catch (refused) {
      if (!(refused instanceof WrongIdentity) || generation === 1) {
        throw refused;
      }
    }
  }
}

/** The entries of a thread from its first to its last. @param {Entry[]} opened @param {string} name */
function ofThread(opened, name) {
  return opened.filter(({ line }) => line.thread === name).sort((a, b) => a.line.n - b.line.n);
}

/**
 * With whom a case is shared: of what two readers signed, that of the newest key; and whether the
 * server names the same people.
 */
function sharingOf(manifest, { shares }, generation) {
  const now = shares.filter((each) => each.generation === generation);
  const told = [...(manifest.held.shared ?? [])].map(String).sort();
  const differs = told.join(" ") !== now.map(({ person }) => person).sort().join(" ");
  return { now, told, differs };
}

/** Everybody who could have signed something here, by id. */
function peopleOf(rosters, { shares }) {
  const readers = [...rosters.values()].flatMap((roster) => roster.readers);
  return new Map([...shares.map(({ reader }) => reader), ...readers].map((one) => [one.id, one]));
}

/**
 * A thread, every message held against the one before.
 *
 * @param {Entry[]} entries
 * @param {import("./checking.js").Known} known gets the submission when it has checked
 */
function checkedThread(entries, known) {
  let head = null;
  return entries.map((entry) => {
    if (entry.message === null) {
      return entry;
    }
    try {
      const reader = check(entry.line, entry.message, head, known, entry.generation);
      head = { n: entry.line.n, digest: entry.line.digest };
      if (entry.message.kind === "submission") {
        known.submission = entry.message;
      }
      return { ...entry, reader };
    } catch (refused) {
      return { ...entry, message: null, trouble: wordFor(refused) };
    }
  });
}

/** @param {Entry[]} entries of one thread, in its order */
function lastOf(entries) {
  const line = entries.at(-1)?.line;
  return line === undefined ? null : { n: line.n, digest: line.digest };
}

/**
 * The entries by the days that the messages name, each thread in its own order.
 *
 * Only days are known. Within one day the submitter's thread comes first; a message whose day is
 * before its predecessor's stays behind it.
 *
 * @param {Entry[]} entries thread by thread
 */
function inOrder(entries) {
  /** @type {Record<string, string>} */
  const latest = {};
  const keyed = entries.map((entry) => {
    const name = entry.line.thread;
    const day = entry.message?.on ?? "";
    if (day > (latest[name] ?? "")) {
      latest[name] = day;
    }
    return { entry, day: latest[name] ?? "" };
  });
  keyed.sort((a, b) => (a.day < b.day ? -1 : Number(a.day > b.day)));
  return keyed.map(({ entry }) => entry);
}

/** The numbers that a thread's later entries leave open. @param {Line[]} lines */
function gapsIn(lines) {
  return THREADS.flatMap((thread) => {
    const numbers = new Set(lines.filter((line) => line.thread === thread).map((line) => line.n));
    const open = [];
    // A server that claims a millionth message does not make us count to a million.
    for (let n = 1; n < Math.max(0, ...numbers) && open.length < MOST_GAPS; n += 1) {
      if (!numbers.has(n)) {
        open.push({ thread, n });
      }
    }
    return open;
  });
}

/** @param {string[]} named by the submitter @param {string[]} hidden by the server */
function difference(named, hidden) {
  const [ours, theirs] = [[...named].sort(), [...hidden].sort()];
  return ours.join(" ") === theirs.join(" ") ? null : { named: ours, hidden: theirs };
}

/**
 * What the server's coded state and the committee's last signed one say, where they differ.
 *
 * Reading and replying move the coded state without a message, up to the acknowledgement; from
 * there on only a signed message does.
 *
 * @param {string} coded
 * @param {Entry[]} entries of the committee's thread
 */
function stateDifference(coded, entries) {
  const signed = lastState(entries);
  const wanted = shownWord(coded);
  const agrees = signed === null ? BEFORE_A_STATE.includes(wanted) : signed === wanted;
  return agrees ? null : { coded: String(coded), signed: signed ?? NO_STATE };
}

/** The word of the last state that a reader signed, or null. @param {Entry[]} entries */
function lastState(entries) {
  const last = entries.filter((entry) => entry.message?.kind === "state").at(-1);
  return last === undefined ? null : last.message.body.state;
}
