/**
 * Files that a person may save: made in the tab from what is there, and gone when the page is left.
 */

import { KEPT_NAME, keptBytes } from "../../../crypto/browser/src/kept.js";

/** Let the offer in a page save the statement and the words of what has just been sent. */
export function offerFiles(content, { statement, kept }) {
  const link = content.querySelector("[data-statement]");
  if (statement.length > 0) {
    saves(link, link.download, statement);
  } else {
    // Nobody could sign; the words are here all the same.
    link.closest("li").remove();
  }
  saves(content.querySelector("[data-words]"), KEPT_NAME, keptBytes(kept.nonce, kept.text));
}

/** Let a link save these bytes under this name, until the page is left. */
export function saves(link, name, bytes) {
  const address = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  link.href = address;
  link.download = name;
  window.addEventListener("pagehide", () => URL.revokeObjectURL(address));
}
