/**
 * Sharing a case with an investigator, without a page: whose key it is, and what two readers sign.
 *
 * The server keeps what the investigator's browser made and could put another key in its place.
 * Each of the two who sign has heard the fingerprint from the investigator and types what they
 * heard; it is held here against the request, and the request against the act.
 */

import { hashOf, same } from "../../../crypto/browser/src/bytes.js";
import { caseId, sealGrant } from "../../../crypto/browser/src/case.js";
import { isFingerprint, verifyRequest } from "../../../crypto/browser/src/enrolment.js";
import { WrongPlace } from "../../../crypto/browser/src/errors.js";
import { shareData, shareIn } from "../../../crypto/browser/src/sharing.js";
import { b64 } from "../../../crypto/browser/src/strict.js";

/** A share that is not signed; `word` names the page's reason. */
export class NotShared extends Error {
  name = "NotShared";

  /** @param {string} word */
  constructor(word) {
    super(word);
    this.word = word;
  }
}

/**
 * @typedef {object} Place
 * @property {any} roster in force, under the committee's root key
 * @property {any} manifest
 * @property {import("./casefile.js").CaseFile} file the case as this person has opened it
 */

/**
 * What a share of the newest key is made of: its act's data, the recipient and the grant.
 *
 * Throws NotShared for somebody it cannot be shared with or whose fingerprint is another one, and a
 * CryptoError for a request that does not check.
 *
 * @param {Place} place
 * @param {string} person
 * @param {string} typed the fingerprint as this person heard it
 */
export async function shareOffer(place, person, typed) {
  const { roster, file } = place;
  const { recipient, verifyKey } = heardRequest(place, person, typed);
  const grant = await sealGrant(file.seed, [recipient], roster.slots);
  const generation = file.seeds.size;
  return { data: shareData({ person, recipient, verifyKey, generation, grant }), recipient, grant };
}

/**
 * Return if somebody else's share is of this case's newest key, for the key that this person has
 * heard of too. Throws as shareOffer() does, and WrongPlace.
 *
 * @param {Place} place
 * @param {any} act
 * @param {{recipient: string, grant: Uint8Array}} offered by the server for the act
 * @param {string} typed
 */
export function checkShare(place, act, offered, typed) {
  const share = shareIn(act);
  const { recipient, verifyKey } = heardRequest(place, share.person, typed);
  const right =
    offered.recipient === recipient &&
    caseId(recipient) === share.recipient &&
    same(verifyKey, share.verifyKey) &&
    hashOf(offered.grant) === share.grant &&
    share.generation === place.file.seeds.size;
  if (!right) {
    throw new WrongPlace("the share is not for the key that was heard");
  }
}

/** The request of an investigator, if it is the one whose fingerprint was typed. */
function heardRequest({ roster, manifest, file }, person, typed) {
  const isReader = roster.reader(person) !== undefined || file.readers.get(person)?.verify_key !== undefined;
  const out = [...file.submission.excluded, ...manifest.held.recused].includes(person);
  if (isReader || out || !roster.ids.includes(person)) {
    throw new NotShared("share-not-with");
  }
  const told = (manifest.held.investigators ?? []).find((each) => each.person === person);
  if (told === undefined) {
    throw new NotShared("share-no-key");
  }
  const request = verifyRequest(b64(told.request));
  if (request.installation !== roster.installation || request.seat !== person) {
    throw new WrongPlace("the request is not this person's");
  }
  if (!isFingerprint(typed, request.fingerprint)) {
    throw new NotShared("share-other-fingerprint");
  }
  return request;
}
