/**
 * Holds the form back until the page can seal it.
 *
 * Loaded before anything else of the page and very small. The script that seals is large and comes
 * later: whoever presses the button before it is there, or when it cannot come at all, must not
 * send in the clear without having been told.
 */

let released = false;
let waiting = null;
let hopeless = false;
let told = false;

function say(form, name) {
  for (const sentence of form.querySelectorAll("[data-early]")) {
    sentence.hidden = sentence.dataset.early !== name;
  }
}

function tellPlainly(form) {
  say(form, "plain");
  told = true;
}

document.addEventListener(
  "submit",
  (event) => {
    if (released || (hopeless && told)) {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (hopeless) {
      tellPlainly(event.target);
      return;
    }
    waiting = { form: event.target, submitter: event.submitter };
    say(event.target, "wait");
  },
  true,
);

// What takeOver sends when it answers for the form itself.
document.addEventListener("taken-over", () => {
  released = true;
  if (waiting !== null) {
    say(waiting.form, "");
    waiting.form.requestSubmit(waiting.submitter);
  }
});

// By now a deferred script has run, has failed, or cannot seal in this browser.
document.addEventListener("DOMContentLoaded", () => {
  hopeless = !released;
  if (hopeless && waiting !== null) {
    tellPlainly(waiting.form);
  }
});
