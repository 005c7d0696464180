/**
 * What a person has typed and not sent: asked about before it is lost, kept over a refresh.
 *
 * Only the forms inside main count; a passphrase is not an entry.
 */

/** The fields of main that hold something unsent. @returns {HTMLTextAreaElement[]} */
export function unsent() {
  const fields = /** @type {NodeListOf<HTMLTextAreaElement>} */ (
    document.querySelectorAll("main form textarea")
  );
  return [...fields].filter((field) => field.value.trim() !== "");
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
