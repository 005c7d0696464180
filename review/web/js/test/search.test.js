/** Search splits text into matches and the rest, and loses nothing. */
import assert from "node:assert/strict";
import test from "node:test";

import { pieces } from "../search.js";

const join = (parts) => parts.map((part) => part.text).join("");
const matches = (parts) => parts.filter((part) => part.match).map((part) => part.text);

test("a match is found whatever its case", () => {
  const parts = pieces("Revenue was booked early; REVENUE again.", "revenue");
  assert.deepEqual(matches(parts), ["Revenue", "REVENUE"]);
  assert.equal(join(parts), "Revenue was booked early; REVENUE again.");
});

test("signs of a pattern are only signs", () => {
  for (const sought of [".*", "(a+)+$", "[", "\\", "a{2}", "^", "?", "/"]) {
    assert.deepEqual(matches(pieces(`x ${sought} y`, sought)), [sought]);
    assert.deepEqual(matches(pieces("plain words", sought)), []);
  }
});

test("nothing sought matches nothing", () => {
  assert.deepEqual(pieces("words", ""), [{ text: "words", match: false }]);
});

test("letters outside the basic plane and folding letters keep their length", () => {
  const text = "\u{1F469} İstanbul ẞ straße";
  assert.equal(join(pieces(text, "i")), text);
  assert.equal(join(pieces(text, "ß")), text);
});
