/** The list of people on the form, drawn anew when the roster has changed. */

import { copyOf } from "./page.js";

/** Show the people of this roster, keeping the ticks of those who are still there. */
export function showPeople(form, roster) {
  // Not by FormData: it leaves out what is disabled while the form is being sent.
  const boxes = form.querySelectorAll("#people [name=excluded]:checked");
  const ticked = Array.from(boxes, (box) => box.value);
  const people = [...roster.readers, ...roster.listed].map((person) => row(person, ticked));
  form.querySelector("#people [data-people]").replaceChildren(...people);
  form.dataset.roster = roster.hash;
  form.elements.roster.value = roster.hash;
  for (const element of document.querySelectorAll("[data-roster-fingerprint]")) {
    element.textContent = roster.fingerprint;
  }
}

function row(person, ticked) {
  const copy = copyOf("person-template");
  const box = copy.querySelector("input");
  box.value = person.id;
  box.checked = ticked.includes(person.id);
  copy.querySelector("[data-name]").textContent = person.name;
  copy.querySelector("[data-title]").textContent = person.title;
  return copy;
}
