/**
 * What each kind of message says: its fields, and the values that each may have.
 *
 * All fields of a kind are always present; a question that was not answered is an empty text.
 */

export const TEXTS = ["what", "when", "where", "who", "how", "told", "hope"];
export const CHOICES = {
  kind: ["concern", "complaint"],
  relation: ["employee", "other", "undisclosed"],
  ongoing: ["yes", "no", "unknown"],
};
export const STATES = ["received", "reading", "examining", "asked", "closed"];

/** Check the body of a message of this kind; raises the document's error for any other body. */
export function checkBody(kind, document) {
  READERS[kind](document);
}

const READERS = {
  submission(document) {
    const body = document.part("body", [...TEXTS, ...Object.keys(CHOICES), "reply_wanted"]);
    TEXTS.forEach((name) => body.text(name));
    Object.entries(CHOICES).forEach(([name, choices]) => body.choice(name, choices));
    body.flag("reply_wanted");
  },
  state(document) {
    const body = document.part("body", ["state", "next_on"]);
    body.choice("state", STATES);
    body.isNull("next_on") || body.day("next_on");
  },
  "follow-up": checkText,
  reply: checkText,
  note: checkText,
};

function checkText(document) {
  document.part("body", ["text"]).text("text");
}
