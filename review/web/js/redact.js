/**
 * A redacted copy of an opened message, made here and saved or printed here.
 *
 * The server is told the copy's hash, for the ledger, and nothing else; the message stays as it is.
 * A passage becomes a mark of one length, so that the mark says nothing of what it covers.
 */

import { hashOf, utf8 } from "../../../crypto/browser/src/bytes.js";
import { save } from "./attachments.js";
import { blackOut } from "./blackout.js";
import { postAsSelf } from "./login.js";
import { fill, word } from "./page.js";
import { SignedOut } from "./requests.js";

/** Take over the buttons of every message that is opened. */
export function startRedacting() {
  addEventListener("toggle", (event) => {
    const box = event.target;
    if (box instanceof HTMLDetailsElement && box.matches("[data-redact]") && box.open) {
      begin(box);
    }
  }, true);
  const acts = { mark, again: begin, save: saving, print: printing };
  for (const [name, act] of Object.entries(acts)) {
    addEventListener("click", (event) => {
      const button = event.target instanceof Element && event.target.closest(`[data-redact-${name}]`);
      const box = button && button.closest("[data-redact]");
      if (box instanceof HTMLDetailsElement) {
        void act(box);
      }
    });
  }
}

/** Begin with the whole message. @param {HTMLDetailsElement} box */
function begin(box) {
  field(box).value = textOf(/** @type {HTMLElement} */ (box.closest(".message")));
  fill(box, "data-redact-status", "");
}

/** The words of a message as the page shows them. @param {HTMLElement} message */
function textOf(message) {
  const parts = message.querySelectorAll(
    ":scope > .message-head [data-title], :scope > [data-text], :scope > dl.answers > *",
  );
  const lines = [...parts].map((part) => {
    const text = part.textContent ?? "";
    return part.matches("dt") ? text : `${text}\n`;
  });
  return lines.join("\n").trim() + "\n";
}

/** @param {HTMLDetailsElement} box */
function mark(box) {
  const place = field(box);
  const { selectionStart, selectionEnd } = place;
  if (selectionStart === selectionEnd) {
    fill(box, "data-redact-status", word("redact-nothing"));
    return;
  }
  const made = blackOut(place.value, selectionStart, selectionEnd);
  place.value = made.text;
  place.focus();
  place.setSelectionRange(made.end, made.end);
  fill(box, "data-redact-status", word("redact-marked"));
}

/** @param {HTMLDetailsElement} box */
async function saving(box) {
  await recorded(box, (text) => {
    save([utf8(text)], "redacted-copy.txt");
    fill(box, "data-redact-status", word("redact-saved"));
  });
}

/** @param {HTMLDetailsElement} box */
async function printing(box) {
  await recorded(box, (text) => {
    fill(box, "data-redact-paper", text);
    document.body.dataset.printing = "copy";
    box.dataset.printing = "";
    print();
    delete document.body.dataset.printing;
    delete box.dataset.printing;
    fill(box, "data-redact-paper", "");
  });
}

/**
 * Hand a copy out once the ledger is to tell of it; without that it stays on the page.
 *
 * @param {HTMLDetailsElement} box @param {(text: string) => void} hand
 */
async function recorded(box, hand) {
  const text = field(box).value;
  const id = /** @type {HTMLElement|null} */ (box.closest("[data-case]"))?.dataset.case;
  try {
    await postAsSelf(`/cases/${id}/copies`, { digest: hashOf(utf8(text)) });
    hand(text);
  } catch (refused) {
    const signedOut = refused instanceof SignedOut;
    fill(box, "data-redact-status", word(signedOut ? "document-signed-out" : "redact-trouble"));
  }
}

/** @param {HTMLDetailsElement} box @returns {HTMLTextAreaElement} */
function field(box) {
  return /** @type {HTMLTextAreaElement} */ (box.querySelector("textarea"));
}
