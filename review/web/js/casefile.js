/**
 * A case as its reader may see it: opened, checked and put in order, without a page.
 *
 * Everything comes in as arguments, so that the same rules run in the tests without a browser.
 * openCase refuses the whole case, or gives entries of which each is either a message that checked
 * or the reason why it is not shown.
 */

import { openSealed, recipientFromSeed } from "../../../crypto/browser/src/age.js";
import { caseId, openGrant } from "../../../crypto/browser/src/case.js";
import { CryptoError, WrongIdentity } from "../../../crypto/browser/src/errors.js";
import { openEnvelope } from "../../../crypto/browser/src/message.js";
import { check, wordFor } from "./checking.js";
import { verifiedRosters } from "./rosters.js";

const THREADS = ["submitter", "committee", "notes"];
const MOST_GAPS = 20;

/** @typedef {import("./checking.js").Line} Line */
/**
 * @typedef {object} Entry
 * @property {Line} line
 * @property {any|null} message null when it is not to be shown
 * @property {any|null} reader who signed it, null for the submitter
 * @property {string} trouble the page's word for why it is not shown, or ""
 *
 * @typedef {object} CaseFile
 * @property {string} id
 * @property {Uint8Array} seed
 * @property {string} recipient
 * @property {any} submission
 * @property {Map<string, any>} rosters
 * @property {Entry[]} entries in the order to show
 * @property {{thread: string, n: number}[]} gaps
 * @property {Record<string, {n: number, digest: string}|null>} heads by thread
 * @property {{named: string[], hidden: string[]}|null} exclusion where server and submitter differ
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
 * @param {{person: string, seed: Uint8Array, installation: string, rootKey: string}} reader
 * @param {(url: string) => Promise<Uint8Array>} fetchBytes
 * @returns {Promise<CaseFile>}
 */
export async function openCase(id, manifest, reader, fetchBytes) {
  const grant = await openedGrant(await fetchBytes(manifest.grant), reader.seed);
  const recipient = await recipientFromSeed(grant);
  // Only the first generation has the key that the case is named after, and so far no other is.
  const named = manifest.case === id && manifest.generation === 1 && caseId(recipient) === id;
  if (!named || manifest.recipient !== recipient) {
    throw new CaseRefused("case-swapped");
  }
  const rosters = verifiedRosters(manifest.rosters, reader.rootKey);
  const { installation } = reader;
  const known = { installation, case: id, seed: grant, rosters, submission: null };
  const opened = await Promise.all(
    manifest.envelopes.map((line) => openedEntry(line, grant, fetchBytes)),
  );
  const threads = checkedThreads(opened, known);
  const submission = known.submission;
  if (submission === null) {
    throw new CaseRefused("case-no-submission");
  }
  if (submission.excluded.includes(reader.person)) {
    throw new CaseRefused("case-names-you");
  }
  return {
    id,
    seed: grant,
    recipient,
    submission,
    rosters,
    entries: inOrder(Object.values(threads).flat()),
    gaps: gapsIn(manifest.envelopes),
    heads: Object.fromEntries(THREADS.map((name) => [name, headOf(threads[name])])),
    exclusion: difference(submission.excluded, manifest.excluded),
  };
}

/**
 * Whether a message may be added: only to a thread of which nothing is missing or in doubt.
 *
 * A reply rests on the submitter's thread too. A follow-up by another hand than the submission's
 * means that one of the two is forged, and a reply would go to the mailbox of the wrong one.
 *
 * @param {CaseFile} file
 * @param {"committee"|"notes"} thread
 */
export function mayAdd(file, thread) {
  const needed = thread === "notes" ? ["notes"] : ["submitter", "committee"];
  const whole = file.gaps.every((gap) => !needed.includes(gap.thread));
  const troubled = file.entries.filter((entry) => entry.trouble !== "");
  return whole && troubled.every((entry) => !needed.includes(entry.line.thread));
}

/** @param {Uint8Array} sealed @param {Uint8Array} seed */
async function openedGrant(sealed, seed) {
  try {
    return await openGrant(sealed, seed);
  } catch (refused) {
    if (refused instanceof WrongIdentity) {
      throw new CaseRefused("case-not-yours");
    }
    if (refused instanceof CryptoError) {
      throw new CaseRefused("case-swapped");
    }
    throw refused;
  }
}

/**
 * @param {Line} line
 * @param {Uint8Array} seed
 * @param {(url: string) => Promise<Uint8Array>} fetchBytes
 * @returns {Promise<Entry>}
 */
async function openedEntry(line, seed, fetchBytes) {
  const entry = { line, message: null, reader: null, trouble: "" };
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
    return { ...entry, message: await openEnvelope(sealed, seed) };
  } catch (refused) {
    return { ...entry, trouble: wordFor(refused) };
  }
}

/**
 * Each thread from its first entry to its last, every message held against the one before.
 *
 * @param {Entry[]} opened
 * @param {import("./checking.js").Known} known gets the submission when it has checked
 * @returns {Record<string, Entry[]>}
 */
function checkedThreads(opened, known) {
  /** @type {Record<string, Entry[]>} */
  const threads = {};
  for (const name of THREADS) {
    const entries = opened.filter((entry) => entry.line.thread === name);
    threads[name] = checkedThread(entries.sort((a, b) => a.line.n - b.line.n), known);
  }
  return threads;
}

/** @param {Entry[]} entries @param {import("./checking.js").Known} known */
function checkedThread(entries, known) {
  let head = null;
  return entries.map((entry) => {
    if (entry.message === null) {
      return entry;
    }
    try {
      const reader = check(entry.line, entry.message, head, known);
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

/** @param {Entry[]} entries of one thread */
function headOf(entries) {
  const last = entries.filter((entry) => entry.message !== null).at(-1);
  return last === undefined ? null : { n: last.line.n, digest: last.line.digest };
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
