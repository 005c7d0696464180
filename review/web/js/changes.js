/**
 * The acts that change who reads a case: built, sealed and checked here, without a page.
 *
 * What the server lists of the acts of others is opened and held against the case before anybody
 * signs it too.
 */

import {
  actHash,
  buildAct,
  checkSigners,
  parseAct,
  signAct,
} from "../../../crypto/browser/src/act.js";
import { recipientFromSeed, SEED_SIZE } from "../../../crypto/browser/src/age.js";
import { draw, hashOf, utf8 } from "../../../crypto/browser/src/bytes.js";
import { caseId, chooseReaders, openGrant, sealGrant } from "../../../crypto/browser/src/case.js";
import { CryptoError, WrongPlace } from "../../../crypto/browser/src/errors.js";
import { changeIn, openLink, rekeyData, REKEY, sealLink } from "../../../crypto/browser/src/keying.js";
import { SHARE } from "../../../crypto/browser/src/sharing.js";
import { canonical } from "../../../crypto/browser/src/strict.js";
import { CaseRefused } from "./casefile.js";
import { identitySeed } from "./keyring.js";
import { postAsSelf } from "./login.js";
import { frame } from "./page.js";
import { fetchBytes, Refused, SignedOut } from "./requests.js";
import { isNewest } from "./rosters.js";
import { NotShared } from "./sharing.js";
import { NEEDS_KEY, wantsKey } from "./writing.js";

export const RECUSE = "recuse";
const PLACES = /** @type {Record<string, string>} */ ({
  [RECUSE]: "recusals",
  [REKEY]: "keys",
  [SHARE]: "shares",
  release: "releases",
});

/**
 * @typedef {object} Work
 * @property {string} id of the case
 * @property {any} roster in force, under the committee's root key
 * @property {any} manifest
 * @property {import("./casefile.js").CaseFile|null} file the case as it was opened here, if it was
 * @property {AbortSignal} locked
 */

/** @typedef {{act: any, files: Record<string, string|Uint8Array>}} Signable */

/** An act that is not signed; `word` names the page's reason. */
export class CannotSign extends Error {
  name = "CannotSign";

  /** @param {string} word */
  constructor(word) {
    super(word);
    this.word = word;
  }
}

/**
 * The act of a case of that name, after the newest of its acts.
 *
 * @param {Work} work
 * @param {string} name
 * @param {any} data
 * @returns {Signable}
 */
export function plain({ id, roster, manifest }, name, data) {
  const act = buildAct({
    installation: roster.installation,
    subject: id,
    act: name,
    data,
    roster: roster.hash,
    on: frame().today,
    previous: manifest.held.previous,
  });
  return { act, files: {} };
}

/** The case as it was opened here. Throws CannotSign. @param {Work} work */
export function openedHere({ file }) {
  if (file === null) {
    throw new CannotSign("change-not-open");
  }
  return file;
}

/**
 * A new key of the case for whoever is to read from now on.
 *
 * @param {Work} work
 * @returns {Promise<Signable>}
 */
export async function newKey(work) {
  const file = openedHere(work);
  const { roster, manifest } = work;
  refuseOld(work);
  const readers = nextReaders(work);
  const seed = draw(SEED_SIZE);
  const recipient = await recipientFromSeed(seed);
  const grant = await sealGrant(seed, readers.map((each) => each.recipient), roster.slots);
  const link = await sealLink(file.seed, recipient);
  seed.fill(0);
  work.locked.throwIfAborted();
  const data = rekeyData({
    generation: manifest.generation + 1,
    recipient,
    before: file.recipient,
    grant,
    link,
    readers: readers.map((each) => each.id),
  });
  const { act } = plain(work, REKEY, data);
  return { act, files: { recipient, grant, link } };
}

/** A roster older than one that the case names could bring back whoever has left. */
function refuseOld({ roster, file }) {
  if (file !== null && !isNewest(roster, file.rosters)) {
    throw new CannotSign("roster-old");
  }
}

/** Who reads from now on: by the submission itself where it is open. @param {Work} work */
function nextReaders({ roster, manifest, file }) {
  const excluded = file === null ? manifest.excluded : file.submission.excluded;
  const out = [...new Set([...excluded, ...manifest.held.recused])];
  return chooseReaders(roster, out.filter((person) => roster.ids.includes(person)));
}

/** What waits to be signed in a case, each with its act. @param {Work} work */
export function offersIn({ manifest }) {
  return manifest.held.waiting.map((each) => ({ ...each, act: parseAct(utf8(each.act)) }));
}

/**
 * An act that somebody else has signed, once what can be checked without a page agrees.
 *
 * @param {Work} work
 * @param {string} hash
 */
export async function waitingAct(work, hash) {
  const found = offersIn(work).find((each) => actHash(each.act) === hash);
  if (found === undefined) {
    throw new CannotSign("change-moved");
  }
  const { act } = found;
  checkSigners(act, found.signatures, work.roster);
  if (act.subject !== work.id || act.previous !== work.manifest.held.previous) {
    throw new WrongPlace("the act is not the next one of this case");
  }
  if (act.act === REKEY) {
    await checkOffer(work, act, found);
  }
  return found;
}

/** Open what an act would give the case, and hold it against the case. */
async function checkOffer(work, act, { recipient, files }) {
  refuseOld(work);
  const data = changeIn(act);
  const [grant, link] = await Promise.all(
    ["grant", "link"].map((name) => fetchBytes(files[name], work.locked)),
  );
  const identity = /** @type {Uint8Array} */ (identitySeed());
  const seed = await openGrant(grant, identity);
  const before = await openLink(link, seed);
  const made = await recipientFromSeed(seed);
  const now = work.file === null ? work.manifest.recipient : work.file.recipient;
  const right =
    hashOf(grant) === data.grant &&
    hashOf(link) === data.link &&
    made === recipient &&
    caseId(made) === data.recipient &&
    caseId(await recipientFromSeed(before)) === data.before &&
    caseId(now) === data.before &&
    data.generation === work.manifest.generation + 1 &&
    nextReaders(work).map(({ id }) => id).sort().join(" ") === data.readers.join(" ");
  [seed, before].forEach((each) => each.fill(0));
  if (!right) {
    throw new WrongPlace("the new key is not what its act says");
  }
}

/**
 * Post an act with this person's signature under it; the answer's status.
 *
 * @param {Signable} made
 * @param {Uint8Array} signing seed
 * @param {AbortSignal} locked
 */
export async function send({ act, files }, signing, locked) {
  locked.throwIfAborted();
  const { signature } = signAct(act, frame().person, signing);
  const document = new TextDecoder().decode(canonical(act));
  const place = PLACES[act.act];
  const fields = { act: document, signature, ...files };
  return postAsSelf(`/cases/${act.subject}/${place}`, fields, locked);
}

/** The page's word for why an act was not signed or not taken. @param {unknown} refused */
export function whyNot(refused) {
  if (
    refused instanceof CannotSign || refused instanceof NotShared || refused instanceof CaseRefused
  ) {
    return refused.word;
  }
  if (refused instanceof SignedOut) {
    return "sent-signed-out";
  }
  if (wantsKey(refused)) {
    return NEEDS_KEY;
  }
  if (refused instanceof Refused) {
    return refused.status === 409 ? "change-moved" : "change-not";
  }
  return refused instanceof CryptoError ? "change-not-checked" : "change-not";
}
