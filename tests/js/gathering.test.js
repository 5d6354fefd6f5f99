import assert from "node:assert/strict";
import { test } from "node:test";
import { followGathering, gatheredAddress } from "../../static/js/viewer/extras/gathering.js";

const SERIES = { id: "s~coronal", frames_url: "/viewer/k/s~coronal/frames/" };

async function told(answers, rounds) {
  const words = [];
  let left = rounds;
  const load = async () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return { words: answer };
  };
  const wait = async () => {
    left -= 1;
  };
  await followGathering(SERIES, () => left >= 0, (text) => words.push(text), { load, wait });
  return words;
}

test("the gathering is asked after beside the frames", () => {
  assert.equal(gatheredAddress(SERIES), "/viewer/k/s~coronal/gathered.json");
});

test("what is new is told until the picture is here, and then nothing is left", async () => {
  assert.deepEqual(await told(["16 of 300", "16 of 300", "64 of 300"], 3), ["16 of 300", "64 of 300", ""]);
});

test("a picture that is here soon is not talked about", async () => {
  assert.deepEqual(await told([], 0), []);
  assert.deepEqual(await told([""], 1), []);
});

test("an answer that does not come changes nothing", async () => {
  assert.deepEqual(await told(["16 of 300", new Error("busy"), "64 of 300"], 3), ["16 of 300", "64 of 300", ""]);
});
