import assert from "node:assert/strict";
import { test } from "node:test";
import { follow, progressAddress } from "../../static/js/viewer/extras/saving.js";
import { Trouble } from "../../static/js/viewer/network.js";

const PAGE = "/viewer/k/s/saving/gif/?window=40%2C400";

function answering(...answers) {
  const asked = [];
  const load = async (url) => {
    asked.push(url);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { asked, load, wait: async () => {} };
}

test("progress is asked for beside the page, with the same window", () => {
  assert.equal(progressAddress(PAGE), "/viewer/k/s/saving/gif/progress.json?window=40%2C400");
  assert.equal(progressAddress("/viewer/k/s/saving/mp4/"), "/viewer/k/s/saving/mp4/progress.json");
});

test("it is asked until the file is there, and every answer is told", async () => {
  const server = answering({ words: "1 of 3", url: "" }, { words: "3 of 3", url: "/file" });
  const told = [];
  const url = await follow(PAGE, (words) => told.push(words), new AbortController().signal, server);
  assert.equal(url, "/file");
  assert.deepEqual(told, ["1 of 3", "3 of 3"]);
  assert.equal(server.asked.length, 2);
});

test("what passes is waited for", async () => {
  const server = answering(new Trouble("busy"), new Trouble("offline"), { words: "", url: "/file" });
  assert.equal(await follow(PAGE, () => {}, new AbortController().signal, server), "/file");
});

test("what does not pass ends it", async () => {
  const server = answering(new Trouble("signed-out"));
  await assert.rejects(follow(PAGE, () => {}, new AbortController().signal, server), /signed-out/);
});

test("who stops it is not asked for again", async () => {
  const abort = new AbortController();
  const server = answering(new Trouble("busy"), { words: "", url: "/file" });
  const stopping = { ...server, wait: async () => abort.abort() };
  await assert.rejects(follow(PAGE, () => {}, abort.signal, stopping), { name: "AbortError" });
  assert.equal(server.asked.length, 1);
});
