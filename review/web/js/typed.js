/**
 * What a person has typed and not sent: asked about before it is lost, kept over a refresh.
 *
 * Only the forms inside main count; a passphrase is not an entry.
 */

/** @type {WeakSet<HTMLFormElement>} */
const sent = new WeakSet();

/** The fields of main that hold something unsent. @returns {HTMLTextAreaElement[]} */
export function unsent() {
  const fields = /** @type {NodeListOf<HTMLTextAreaElement>} */ (
    document.querySelectorAll("main form textarea, main form.record :is(input, select)")
  );
  return [...fields].filter((field) => !(field.form && sent.has(field.form)) && isTyped(field));
}

/** The browser itself is sending this form: leaving the page for the answer loses nothing.
 * @param {HTMLFormElement} form */
export function markSent(form) {
  sent.add(form);
}

/**
 * Whether a person has put something into a field. A form of the book begins with what is recorded
 * already, so there only what differs counts; or all of it, in a form that came back unrecorded.
 *
 * @param {HTMLElement} field
 */
function isTyped(field) {
  const isBack = field.closest("form.record")?.hasAttribute("data-typed") ?? false;
  if (field instanceof HTMLSelectElement) {
    const chosen = [...field.options].filter((each) => each.selected && each.value !== "");
    return chosen.some((each) => isBack || !each.defaultSelected);
  }
  if (field instanceof HTMLInputElement && field.type === "checkbox") {
    return isBack ? field.checked : field.checked !== field.defaultChecked;
  }
  if (field instanceof HTMLInputElement) {
    return field.type !== "hidden" && (isBack ? field.value !== "" : isChanged(field));
  }
  if (field instanceof HTMLTextAreaElement) {
    return field.value.trim() !== "" && (isBack || isChanged(field));
  }
  return false;
}

/** @param {HTMLInputElement|HTMLTextAreaElement} field */
function isChanged(field) {
  return field.closest("form.record") === null || field.value !== field.defaultValue;
}

/**
 * Remember what is typed, and get a function that puts it back into the page of the same forms.
 *
 * @returns {() => void}
 */
export function keepTyped() {
  const kept = unsent().map(({ form, name, value }) => ({ form: form?.id, name, value }));
  return () => {
    for (const { form, name, value } of kept) {
      const place = document.querySelector(`form#${form} textarea[name="${name}"]`);
      if (place instanceof HTMLTextAreaElement) {
        place.value = value;
      }
    }
  };
}

/** Empty every field of main that a person may have typed into. */
export function clearTyped() {
  for (const form of document.querySelectorAll("main form")) {
    if (form instanceof HTMLFormElement) {
      form.reset();
    }
  }
  for (const field of document.querySelectorAll("main textarea, main input[type=search]")) {
    if ("value" in field) {
      field.value = "";
    }
  }
}
