import assert from "node:assert/strict";
import { test } from "node:test";
import { describe, readFiles, readFollowUp, readSubmission } from "../answers.js";

function form(values) {
  const data = new FormData();
  for (const [name, value] of values) {
    data.append(name, value);
  }
  return data;
}

test("questions left alone have their stand-ins, and no text is invented", () => {
  const { body, excluded } = readSubmission(form([["what", "x"]]));
  assert.deepEqual(body, {
    what: "x",
    when: "",
    where: "",
    who: "",
    how: "",
    told: "",
    hope: "",
    kind: "concern",
    relation: "undisclosed",
    ongoing: "unknown",
    reply_wanted: true,
  });
  assert.deepEqual(excluded, []);
});

test("what was chosen is kept, people in order and once", () => {
  const { body, excluded } = readSubmission(
    form([
      ["what", "x"],
      ["kind", "complaint"],
      ["relation", "employee"],
      ["ongoing", "yes"],
      ["reply_wanted", "no"],
      ["excluded", "zoe"],
      ["excluded", "ada"],
      ["excluded", "ada"],
    ]),
  );
  assert.deepEqual([body.kind, body.relation, body.ongoing], ["complaint", "employee", "yes"]);
  assert.equal(body.reply_wanted, false);
  assert.deepEqual(excluded, ["ada", "zoe"]);
});

test("text is kept as typed, with line ends of one character and whole characters", () => {
  const { body } = readSubmission(form([["what", "  a\r\nb\n\ufeff 🌹"]]));
  assert.equal(body.what, "  a\nb\n\ufeff 🌹");
});

test("saying nothing is the one problem a form can have", () => {
  for (const read of [readSubmission, readFollowUp]) {
    assert.throws(() => read(form([["what", " \n"], ["text", "\t"]])), { name: "Error" });
  }
  assert.throws(() => readSubmission(form([])), (problem) => problem.word === "what-empty");
  assert.throws(() => readFollowUp(form([])), (problem) => problem.word === "text-empty");
});

test("files stay within the number and the size that the page allows", () => {
  const limits = { maxFiles: 2, maxFileBytes: 10, maxTotalBytes: 1000 };
  const file = (name, size) => ["files", new File(["x".repeat(size)], name)];
  assert.equal(readFiles(form([file("", 0)]), limits).length, 0);
  assert.equal(readFiles(form([file("a", 10), file("b", 0)]), limits).length, 2);
  assert.throws(
    () => readFiles(form([file("a", 1), file("b", 1), file("c", 1)]), limits),
    (problem) => problem.word === "too-many-files" && problem.values.max === 2,
  );
  assert.throws(
    () => readFiles(form([file("a", 11)]), limits),
    (problem) => problem.word === "file-too-large" && problem.values.name === "a",
  );
});

test("a file's name loses folders and what cannot be seen, and a long one its middle", () => {
  const named = (name, type = "") => describe(new File([], name, { type }));
  assert.equal(named("C:\\fakepath\\a b.txt").name, "a b.txt");
  assert.equal(named("../../etc/passwd").name, "passwd");
  assert.equal(named("a\u202etxt.exe\u0000\n").name, "atxt.exe");
  assert.equal(named(" / ").name, "file");
  assert.equal(Array.from(named("🌹".repeat(300) + ".pdf").name).length, 200);
  assert.ok(named("x".repeat(300) + ".pdf").name.endsWith("….pdf".slice(1)));
  assert.equal(named("a", "text/csv").type, "text/csv");
  assert.equal(named("a", "application/octet-stream").type, "");
  assert.equal(named("a", `x/${"y".repeat(200)}`).type, "");
});

test("files that are too much together are a problem, though none is alone", () => {
  const files = ["a", "b"].map((name) => ["files", new File([new Uint8Array(6 << 20)], name)]);
  const page = { maxFiles: 2, maxFileBytes: 6 << 20, maxTotalBytes: 12 << 20 };
  assert.equal(readFiles(form(files), page).length, 2);
  assert.throws(
    () => readFiles(form(files), { ...page, maxTotalBytes: (12 << 20) - 1 }),
    ({ word, values, field }) => word === "files-too-large" && values.max === 11 && field === "files",
  );
});
