/** What stops a sending, as the name of the sentence that the page has for it. */

/** word is the sentence's name, values fill its gaps, field is the name of the input meant. */
export class Problem extends Error {
  constructor(word, { values = {}, field = null } = {}) {
    super(word);
    this.word = word;
    this.values = values;
    this.field = field;
  }
}

const WORDS = {
  TooFewReaders: "too-few-readers",
  RosterRejected: "not-genuine",
  InvalidSignature: "not-genuine",
  MalformedRoster: "not-genuine",
};

/** Any failure as a Problem. What nobody foresaw means that nothing could be sealed here. */
export function asProblem(failure) {
  if (failure instanceof Problem) {
    return failure;
  }
  if (failure.name === "TooLong") {
    // Rounded up to tens: nobody counts words exactly, and what is asked for must be enough.
    return new Problem("too-long", { values: { words: Math.ceil(failure.over / 50) * 10 } });
  }
  return new Problem(WORDS[failure.name] ?? "cannot-seal");
}
