/**
 * Who writes in a case and under which roster: what every act of a reader begins with.
 */

import { b64, toB64 } from "../../../crypto/browser/src/strict.js";
import { CryptoError } from "../../../crypto/browser/src/errors.js";
import { verifyRoster } from "../../../crypto/browser/src/roster.js";
import { verifyKey as verifyKeyOf } from "../../../crypto/browser/src/signing.js";
import { frame, language } from "./page.js";
import { fetchBytes, Refused } from "./requests.js";
import { isNewest } from "./rosters.js";

/** A form that is not sent; `word` names the page's reason. */
export class NotSent extends Error {
  name = "NotSent";

  /** @param {string} word */
  constructor(word) {
    super(word);
    this.word = word;
  }
}

/** The page's sentence for what waits until the case has a key that nobody who is out of it holds. */
export const NEEDS_KEY = "sent-needs-key";

/** Whether the server takes nothing for the case until it has such a key. @param {unknown} why */
export function wantsKey(why) {
  return why instanceof Refused && why.reason === "needs-key";
}

/**
 * Who writes, with the key to sign with and the roster to name. Throws NotSent.
 *
 * @param {import("./casefile.js").CaseFile} file
 * @param {Uint8Array} signing seed
 * @param {AbortSignal} locked
 * @returns {Promise<import("./sending.js").Writer & {person: string, current: any}>}
 */
export async function writerOf(file, signing, locked) {
  const { installation, today, person } = frame();
  const current = await currentRoster(file, locked);
  const self = current.reader(person);
  const verifyKey = self === undefined ? sharedKey(file, person, signing) : b64(self.verify_key);
  const key = { signing, verifyKey, signal: locked };
  return { ...key, installation, roster: current.hash, today, lang: language(), person, current };
}

/**
 * The key by which the readers check what somebody adds with whom the case is shared. Throws NotSent
 * where it is not shared with them, or was under another key than they have now.
 *
 * @param {import("./casefile.js").CaseFile} file
 * @param {string} person
 * @param {Uint8Array} signing seed
 */
function sharedKey(file, person, signing) {
  const share = file.sharing.now.find((each) => each.person === person);
  if (share === undefined) {
    throw new NotSent("share-not-yours");
  }
  if (toB64(share.verifyKey) !== toB64(verifyKeyOf(signing))) {
    throw new NotSent("share-other-key");
  }
  return share.verifyKey;
}

/**
 * The roster to name in a new message: the server's current one, under the committee's root key,
 * and not older than any that this case already names.
 *
 * @param {import("./casefile.js").CaseFile} file
 * @param {AbortSignal} signal
 */
async function currentRoster(file, signal) {
  const document = await fetchBytes("/roster", signal);
  let roster;
  try {
    roster = verifyRoster(document, b64(frame().rootKey));
  } catch (refused) {
    if (refused instanceof CryptoError) {
      throw new NotSent("roster-not-checked");
    }
    throw refused;
  }
  if (!isNewest(roster, file.rosters)) {
    throw new NotSent("roster-old");
  }
  return roster;
}
