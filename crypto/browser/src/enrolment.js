/**
 * A request for a seat: the public half of an identity that a person made in this browser.
 *
 * It goes over the console to the ceremony, so whoever runs the console could put another in its
 * place. Its fingerprint is computed here, from what was made here, and is what the person reads to
 * the ceremony.
 */

import { recipientFromSeed } from "./age.js";
import { hashOf } from "./bytes.js";
import { VERSION } from "./document.js";
import { spoken } from "./roster.js";
import { memberSeed, signDocument, verifyKey } from "./signing.js";
import { canonical, toB64 } from "./strict.js";

const KIND = "enrolment";

/**
 * The canonical bytes of a request with this identity seed, and the fingerprint to read aloud.
 *
 * roster is the one in force, seat the person's id, on a day, copy the recovery copy or null.
 */
export async function makeRequest(seed, roster, seat, on, copy) {
  const signingSeed = memberSeed(seed);
  const fields = {
    v: VERSION,
    installation: roster.installation,
    seat,
    recipient: await recipientFromSeed(seed),
    verify_key: toB64(verifyKey(signingSeed)),
    roster: roster.hash,
    recovery: copy === null ? null : hashOf(copy),
    on,
  };
  const document = canonical(signDocument(KIND, fields, signingSeed));
  signingSeed.fill(0);
  return { document, fingerprint: spoken(hashOf(document)), recipient: fields.recipient };
}
