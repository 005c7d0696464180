/** A committee made for one test: a root key, readers with their identities, a signed roster. */

import { recipientFromSeed } from "../../../../crypto/browser/src/age.js";
import { draw, toHex } from "../../../../crypto/browser/src/bytes.js";
import { verifyRoster } from "../../../../crypto/browser/src/roster.js";
import { memberSeed, signDocument, verifyKey } from "../../../../crypto/browser/src/signing.js";
import { canonical, toB64 } from "../../../../crypto/browser/src/strict.js";

export const TODAY = "2026-11-21";

/** Readers are given as {id: role}; fields replace those of the roster. */
export async function makeCommittee(roles, fields = {}, rootSeed = draw(32)) {
  const seeds = Object.fromEntries(Object.keys(roles).map((id) => [id, draw(32)]));
  const routingSeed = draw(32);
  const readers = await Promise.all(
    Object.entries(roles).map(async ([id, role]) => ({
      id,
      role,
      title: `The ${role}`,
      name: `${id} Example`,
      recipient: await recipientFromSeed(seeds[id]),
      verify_key: toB64(verifyKey(memberSeed(seeds[id]))),
    })),
  );
  const document = {
    v: 1,
    installation: toHex(draw(16)),
    epoch: 1,
    demo: false,
    issued_on: "2026-01-01",
    expires_on: "2027-01-31",
    committee: { name: "Audit Committee of Example, Inc." },
    readers,
    listed: [{ id: "secretary", title: "Secretary", name: "Sam Example" }],
    secretariat: await recipientFromSeed(draw(32)),
    recovery: null,
    routing: await recipientFromSeed(routingSeed),
    statement_keys: [],
    ledger_key: null,
    previous: null,
    ...fields,
  };
  const bytes = canonical(signDocument("roster", document, rootSeed));
  const rootKey = verifyKey(rootSeed);
  const roster = verifyRoster(bytes, rootKey);
  const page = { installation: roster.installation, rootKey, today: TODAY, lang: "en" };
  return { bytes, page, rootSeed, roster, routingSeed, seeds };
}

export const ROLES = {
  ada: "chair",
  ben: "member",
  cleo: "member",
  dan: "alternate",
  eve: "counsel",
};

export const ANSWERS = {
  kind: "concern",
  relation: "employee",
  what: "Revenue was booked before delivery.",
  when: "",
  where: "",
  who: "",
  how: "",
  ongoing: "unknown",
  told: "",
  hope: "",
  reply_wanted: true,
};

/** An upload of nothing. */
export const NO_UPLOAD = { secret: "", slices: 0 };
