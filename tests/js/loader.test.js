// The loader against a real HTTP server that can be slow, busy, or send people away.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Loader, MOST_REQUESTS } from "../../static/js/viewer/loader.js";

const server = { now: 0, most: 0, seen: [], mode: "ok", delay: 5, broken: new Set(), aborted: 0 };
let http;
let series;

function record(number) {
  const isBroken = server.broken.has(number);
  const out = Buffer.alloc(isBroken ? 12 : 13);
  out.writeUInt32BE(number, 0);
  out.writeUInt32BE(isBroken ? 2 : 0, 4);
  out.writeUInt32BE(isBroken ? 0 : 1, 8);
  return out;
}

async function answer(request, response) {
  const url = new URL(request.url, "http://here");
  server.seen.push(request.url);
  server.now += 1;
  server.most = Math.max(server.most, server.now);
  response.on("close", () => {
    server.now -= 1;
    if (!response.writableFinished) server.aborted += 1;
  });
  await sleep(server.delay);
  if (server.mode === "busy") return response.writeHead(503, { "Retry-After": "0" }).end();
  if (server.mode === "away") return response.writeHead(302, { Location: "/accounts/login/" }).end();
  const numbers = url.searchParams.get("numbers");
  if (!numbers) return response.writeHead(200, { "X-Frame-Window": "40,400,LINEAR", "X-Frame-Lossy": "1" }).end("x");
  for (const number of numbers.split(",").map(Number)) {
    response.write(record(number));
    await sleep(1);
  }
  return response.end();
}

class Kept extends Map {
  put(picture) {
    this.set(`${picture.series}|${picture.window}|${picture.level}|${picture.number}`, picture);
    return picture;
  }
  has(...names) {
    const [of, number, window, level] = names;
    return super.has(`${of}|${window}|${level}|${number}`);
  }
  wasDropped() {
    return false;
  }
}

function wanted(more = {}) {
  return {
    series: "s", seriesEntry: series, windowText: "", isDefaultWindow: true, number: 60, direction: 1, count: 120,
    isAtRest: true, isPaused: false, ahead: 9, behind: 3, sizes: { preview: { size: 256 }, sharp: { size: 0 }, final: { size: 0 } },
    ...more,
  };
}

const started = [];

function loading() {
  const kept = new Kept();
  const troubles = [];
  const loader = new Loader(kept, {
    onPicture: () => {},
    onTrouble: (kind) => troubles.at(-1) !== kind && troubles.push(kind),
  });
  started.push(loader);
  return { kept, troubles, loader };
}

async function until(condition, milliseconds = 8000) {
  const end = Date.now() + milliseconds;
  while (!condition()) {
    assert.ok(Date.now() < end, "took too long");
    await sleep(10);
  }
}

const previews = (kept, of = "s") => [...kept.keys()].filter((key) => key.startsWith(`${of}||preview`)).length;

before(async () => {
  http = createServer(answer);
  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
  series = { id: "s", frames_url: `http://127.0.0.1:${http.address().port}/frames/` };
});
beforeEach(() => Object.assign(server, { now: 0, most: 0, seen: [], mode: "ok", delay: 5, broken: new Set(), aborted: 0 }));
afterEach(() => started.splice(0).forEach((loader) => loader.stop()));
after(() => http.close() && http.closeAllConnections());

test("the whole stack and the final frame arrive, six requests at most at once, nothing twice", async () => {
  const { kept, loader } = loading();
  loader.update(wanted());
  await until(() => previews(kept) === 120 && kept.has("s", 60, "", "final") && kept.has("s", 69, "", "sharp"));
  assert.ok(server.most <= MOST_REQUESTS, `${server.most} at once`);
  assert.equal(new Set(server.seen).size, server.seen.length);
  assert.deepEqual(kept.get("s||final|60").info.window, { center: 40, width: 400, function: "LINEAR" });
});

test("on a slow link the final frame has the line for itself", async () => {
  const { kept, loader } = loading();
  server.delay = 150;
  loader.update(wanted({ isSlow: true }));
  await until(() => server.seen.length > 0);
  await sleep(60);
  assert.equal(server.seen.length, 1);
  await until(() => previews(kept) === 120);
});

test("what another series left under way is aborted", async () => {
  const { kept, loader } = loading();
  server.delay = 300;
  loader.update(wanted());
  await until(() => server.now > 0);
  loader.update(wanted({ series: "t", seriesEntry: { ...series, id: "t" }, count: 3, number: 2 }));
  await until(() => previews(kept, "t") === 3);
  assert.ok(server.aborted > 0);
  assert.equal(previews(kept, "s"), 0);
});

test("a busy server is waited for and recovered from alone", async () => {
  const { kept, troubles, loader } = loading();
  server.mode = "busy";
  loader.update(wanted());
  await until(() => troubles.at(-1) === "busy");
  await sleep(200);
  const asked = server.seen.length;
  assert.ok(asked <= MOST_REQUESTS, `${asked} requests while busy`);
  server.mode = "ok";
  await until(() => previews(kept) === 120);
  assert.equal(troubles.at(-1), "");
});

test("who is signed out is asked nothing more", async () => {
  const { troubles, loader } = loading();
  server.mode = "away";
  loader.update(wanted());
  await until(() => troubles.at(-1) === "signed-out");
  const asked = server.seen.length;
  await sleep(300);
  assert.equal(server.seen.length, asked);
});

test("a frame that fails leaves the others alone, and is tried again", async () => {
  const { kept, troubles, loader } = loading();
  server.broken.add(7);
  loader.update(wanted());
  await until(() => previews(kept) === 119);
  assert.ok(!troubles.includes("busy"));
  server.broken.clear();
  await until(() => previews(kept) === 120);
});

test("when every frame of a run fails, the workers are down: that is said, and waited for", async () => {
  const { kept, troubles, loader } = loading();
  for (let number = 1; number <= 120; number += 1) server.broken.add(number);
  loader.update(wanted({ isAtRest: false }));
  await until(() => troubles.includes("busy"));
  server.broken.clear();
  await until(() => previews(kept) === 120, 12_000);
});

test("a server that is gone is a lost connection, and retry() does not wait", async () => {
  const { kept, troubles, loader } = loading();
  const address = series.frames_url;
  series.frames_url = "http://127.0.0.1:1/frames/";
  loader.update(wanted());
  await until(() => troubles.at(-1) === "offline");
  series.frames_url = address;
  loader.retry();
  await until(() => previews(kept) === 120, 2000);
});

test("no more previews are under way than the workers make while somebody waits", async () => {
  const { loader } = loading();
  server.delay = 300;
  loader.update(wanted({ count: 300, number: 150 }));
  await until(() => server.seen.length > 1);
  await sleep(100);
  const previews = server.seen.map((url) => new URL(url, "http://here").searchParams).filter((asked) => asked.get("size") === "256");
  const asked = previews.flatMap((one) => one.get("numbers").split(","));
  assert.ok(asked.length > 16 && asked.length <= 48, `${asked.length} at once`);
});
