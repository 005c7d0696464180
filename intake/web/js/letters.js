/**
 * An opened mailbox on the page: the state of the case, the next day, the replies in order, and
 * what there is to keep of what was sent.
 */

import { copyOf, dayText, focusOn, sentence } from "./page.js";
import { showSent } from "./sent.js";

/** Show the mailbox above the form, set as text, until the page is left. */
export function showMailbox(mailbox, page) {
  const { letters, unchecked } = mailbox;
  const { lang } = page;
  const replies = letters.filter(({ message }) => message.kind === "reply");
  const states = letters.filter(({ message }) => message.kind === "state");
  const copy = copyOf("mailbox-template");
  const at = (name) => copy.querySelector(`[data-${name}]`);
  // Until the committee says otherwise, it has received the submission and no more.
  const { state, next_on: nextOn } = states.at(-1)?.message.body ?? { state: "received" };
  at("state").textContent = sentence(`state-${state}`);
  at("next").hidden = !nextOn;
  at("next").textContent = nextOn ? sentence("next-on", { day: dayText(nextOn, lang) }) : "";
  at("letters").replaceChildren(...replies.map((letter) => replyCopy(letter, lang)));
  at("empty").hidden = replies.length > 0;
  at("unchecked").hidden = unchecked === 0;
  showSent(at("sent"), mailbox, page);
  const place = document.getElementById("mailbox");
  place.replaceChildren(copy);
  window.addEventListener("pagehide", () => place.replaceChildren());
  focusOn(place.querySelector("h2"));
}

function replyCopy({ message, from }, lang) {
  const copy = copyOf("letter-template");
  copy.querySelector("[data-on]").textContent = dayText(message.on, lang);
  copy.querySelector("[data-from]").textContent = from;
  copy.querySelector("[data-text]").textContent = message.body.text;
  return copy;
}
