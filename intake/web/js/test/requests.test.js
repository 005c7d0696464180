import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { Busy, get, Moved, NoAnswer, patiently, post } from "../requests.js";

let answer;
let received;
let base;
const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    received = { headers: request.headers, body: Buffer.concat(parts).toString("latin1") };
    answer(response);
  });
});

before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

function status(code, body = "") {
  answer = (response) => {
    response.statusCode = code;
    response.end(body);
  };
}

test("bytes go as files, everything else as text, and an answer's bytes come back", async () => {
  status(200, "hello");
  const bytes = await post(`${base}/sealed`, { n: 2, envelope: Uint8Array.of(0, 255) });
  assert.equal(new TextDecoder().decode(bytes), "hello");
  assert.match(received.body, /name="n"\r\n\r\n2\r\n/);
  assert.match(received.body, /name="envelope"; filename="envelope"/);
  assert.ok(received.body.includes("\r\n\r\n\x00\xff\r\n"));
  assert.equal(received.headers.cookie, undefined);
  assert.equal(received.headers.referer, undefined);
});

function movedBecause(reason) {
  return (problem) => problem instanceof Moved && problem.reason === reason;
}

test("each refusal of the service is told apart", async () => {
  for (const [code, body, matches] of [
    [409, '{"reason":"roster"}', movedBecause("roster")],
    [409, "not JSON", movedBecause(undefined)],
    [429, "", (problem) => problem instanceof Busy],
    [503, "", (problem) => problem instanceof Busy],
    [502, "", (problem) => problem instanceof NoAnswer],
    [400, "", (problem) => problem.word === "refused"],
    [413, "", (problem) => problem.word === "refused"],
  ]) {
    status(code, body);
    await assert.rejects(get(`${base}/roster`), matches);
  }
});

test("a connection cut short and a redirect elsewhere are no answer", async () => {
  answer = (response) => response.socket.destroy();
  await assert.rejects(get(base), NoAnswer);
  answer = (response) => {
    response.writeHead(200, { "content-length": "10" });
    response.write("half");
    setImmediate(() => response.socket.destroy());
  };
  await assert.rejects(get(base), NoAnswer);
  answer = (response) => response.writeHead(302, { location: "/elsewhere" }).end();
  await assert.rejects(get(base), NoAnswer);
});

test("patience tries five times, waiting longer each time, and gives up on a refusal", async () => {
  const waits = [];
  const wait = async (milliseconds) => waits.push(milliseconds);
  let tries = 0;
  const never = async () => {
    tries += 1;
    throw new NoAnswer();
  };
  await assert.rejects(patiently(never, wait), NoAnswer);
  assert.equal(tries, 5);
  assert.deepEqual(waits, [1000, 2000, 4000, 8000]);

  const second = async () => {
    tries += 1;
    if (tries === 6) {
      throw new Busy();
    }
    return "taken";
  };
  assert.equal(await patiently(second, wait), "taken");

  const refused = () => Promise.reject(new Moved("head"));
  await assert.rejects(patiently(refused, () => assert.fail("no waiting")), Moved);
});
