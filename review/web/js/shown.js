/**
 * With whom a case is shared, on its page: as two readers signed it, and never as the server says.
 */

import { actHash, parseAct } from "../../../crypto/browser/src/act.js";
import { utf8 } from "../../../crypto/browser/src/bytes.js";
import { CryptoError } from "../../../crypto/browser/src/errors.js";
import { SHARE, shareIn } from "../../../crypto/browser/src/sharing.js";
import { shownDay, word } from "./page.js";
import { investigatorOf } from "./signers.js";
import { warning } from "./thread.js";

/** Show the shares of the open case in their place. @param {import("./casefile.js").CaseFile} file */
export function showSharing(file) {
  const place = /** @type {HTMLElement|null} */ (document.querySelector("#readers [data-shares]"));
  const { now, told, differs } = file.sharing;
  const names = now.map(({ reader }) => word("by-reader", reader));
  const lines = now.map((each, at) => {
    const by = each.by.map((one) => word("by-reader", one)).join("; ");
    return paragraph(word("share-shown", { name: names[at], day: shownDay(each.on), by }));
  });
  if (differs) {
    const values = { signed: names.join("; ") || word("value-nobody"), told: told.join("; ") || word("value-nobody") };
    lines.unshift(warning(word("warning-title"), word("share-differs", values)));
  }
  place?.replaceChildren(...lines);
  place?.toggleAttribute("hidden", lines.length === 0);
  showSigning(file);
}

/** Take them from the page. */
export function hideSharing() {
  document.querySelector("#readers [data-shares]")?.replaceChildren();
  document.querySelectorAll("#readers [data-signing]").forEach((place) => place.replaceChildren());
}

/** Say what a second signature would be under, read out of the bytes that are signed. */
function showSigning(file) {
  const shares = file.held.waiting.flatMap(({ act }) => shareOf(act));
  for (const form of document.querySelectorAll("#readers form[data-act]")) {
    const found = shares.find(({ hash }) => hash === form.getAttribute("data-act"));
    const place = form.querySelector("[data-signing]");
    const roster = found === undefined ? undefined : file.rosters.get(found.act.roster);
    if (found !== undefined && place !== null && roster !== undefined) {
      const { person, generation } = shareIn(found.act);
      const name = word("by-reader", investigatorOf(person, roster));
      place.textContent = word("share-signing", { name, generation });
    }
  }
}

/** @param {string} text @returns {{act: any, hash: string}[]} a share that waits, or nothing */
function shareOf(text) {
  try {
    const act = parseAct(utf8(text));
    shareIn(act);
    return act.act === SHARE ? [{ act, hash: actHash(act) }] : [];
  } catch (refused) {
    if (!(refused instanceof CryptoError)) {
      throw refused;
    }
    return [];
  }
}

/** @param {string} text */
function paragraph(text) {
  const element = document.createElement("p");
  element.textContent = text;
  return element;
}
