/**
 * The page around the form: its sentences, its status line and what takes the place of its main
 * part. Everything shown comes from the page's own templates and is set as text, never as markup.
 */

/** The page's sentence of this name, its gaps {…} filled. */
export function sentence(name, values = {}) {
  const words = document.getElementById("words").content;
  const found = words.querySelector(`[data-word="${name}"]`);
  if (found === null) {
    throw new Error(`the page has no sentence ${name}`);
  }
  return found.textContent.trim().replace(/\{(\w+)\}/g, (_, gap) => values[gap]);
}

/** A fresh copy of what a template of the page holds. */
export function copyOf(templateId) {
  return document.getElementById(templateId).content.cloneNode(true);
}

/** A day as people write it, in the language of the page. */
export function dayText(day, lang) {
  const format = new Intl.DateTimeFormat(lang, { dateStyle: "long", timeZone: "UTC" });
  return format.format(new Date(`${day}T00:00:00Z`));
}

/** Show what is true when this page seals. */
export function showSealedOnly() {
  document.querySelectorAll("[data-sealed-only]").forEach((element) => (element.hidden = false));
}

/** Put content in the place of the page's main part and move the reader to its heading. */
export function showInMain(content) {
  document.querySelector("main").replaceChildren(content);
  // Whoever comes back to this tab later must not find it: browsers keep pages that were left.
  window.addEventListener("pagehide", () => document.querySelector("main").replaceChildren());
  focusOn(document.querySelector("main h1"));
}

/** Move the reader, also one who cannot see the page, to this element. */
export function focusOn(element) {
  element.tabIndex = -1;
  element.focus();
}

function statusLine() {
  return document.getElementById("status");
}

/** Say in the status line what is going on. */
export function say(name, values) {
  statusLine().replaceChildren(sentence(name, values));
}

/** Say nothing any more. */
export function sayNothing() {
  statusLine().replaceChildren();
}

/**
 * Say what is going on, with a bar beside it and a button for a pause. Gives the function that moves
 * the bar, and one whose promise waits while there is a pause.
 */
export function sayWithProgress(name, total) {
  const bar = document.createElement("progress");
  bar.max = total;
  bar.value = 0;
  bar.setAttribute("aria-label", sentence(name));
  let going = Promise.resolve();
  const pause = document.createElement("button");
  const goOn = () => {
    going = Promise.resolve();
    pause.textContent = sentence("pause");
    pause.onclick = stop;
  };
  const stop = () => {
    going = new Promise((resolve) => {
      pause.onclick = () => {
        goOn();
        resolve();
      };
    });
    pause.textContent = sentence("go-on");
  };
  pause.type = "button";
  pause.className = "small";
  goOn();
  statusLine().replaceChildren(sentence(name), " ", bar, " ", pause);
  return {
    progress: (done) => {
      bar.value = done;
    },
    ready: () => going,
  };
}

/** Say what is going on, with a button that stops it; gives the button's signal. */
export function sayWithStop(name, values) {
  const stopping = new AbortController();
  const stop = button("stop", () => stopping.abort());
  stop.className = "small";
  statusLine().replaceChildren(sentence(name, values), " ", stop);
  return stopping.signal;
}

function button(name, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = sentence(name);
  made.addEventListener("click", act, { once: true });
  return made;
}

/** Say that something did not arrive, and wait until the person wants to try again. */
export function offerAgain(name) {
  return new Promise((resolve) => {
    statusLine().replaceChildren(sentence(name), " ", button("try-again", () => resolve()));
  });
}

/** Say what is in the way and, when it is one field, lead there. */
export function sayProblem(form, problem) {
  say(problem.word, problem.values);
  const field = problem.field && form.elements[problem.field];
  if (field) {
    field.setAttribute("aria-invalid", "true");
    describe(field, [...described(field), "status"]);
    field.focus();
  }
}

/** Forget which field was the problem. */
export function forgetProblem(form) {
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    describe(field, described(field));
  }
}

/** The ids that describe a field, without the status line. */
function described(field) {
  const ids = (field.getAttribute("aria-describedby") ?? "").split(" ");
  return ids.filter((id) => id !== "" && id !== "status");
}

function describe(field, ids) {
  field.setAttribute("aria-describedby", ids.join(" "));
}

/**
 * Keep the form as it is while it is being sent; gives the function that frees it again.
 *
 * Text stays readable, so that it can be copied when nobody answers.
 */
export function freeze(form) {
  const changed = [];
  for (const field of form.elements) {
    const isText = field.matches("textarea, input[type=text], input:not([type])");
    const property = isText ? "readOnly" : "disabled";
    if (!field[property]) {
      field[property] = true;
      changed.push([field, property]);
    }
  }
  return () => changed.forEach(([field, property]) => (field[property] = false));
}
