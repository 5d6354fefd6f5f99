"""A video of pictures, in a real browser: it plays, its time is true, and every frame is found by its time."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import sync_playwright

from tests.e2e.conftest import FLAGS, SECONDS
from tests.parts import find
from viewer.rendering.av1 import encode_scene
from viewer.rendering.mp4 import write_mp4
from viewer.rendering.scene import read_scene

pytestmark = pytest.mark.browser
RATE, WIDTH, HEIGHT = 15, 320, 288
SITE = "http://127.0.0.1/"
# A blob, because what fulfills the route knows no ranges, without which a browser does not seek. A busy browser may
# draw the frame before for a moment after it says that it has sought: it is asked until the wanted one is there.
GRAYS = """async ({ wanted, milliseconds }) => {
  const video = document.createElement("video");
  video.muted = true;
  const told = (name) => new Promise((done, fail) => {
    video.addEventListener(name, done, { once: true });
    video.addEventListener("error", () => fail(new Error(video.error.message)), { once: true });
  });
  video.src = URL.createObjectURL(await (await fetch("film.mp4")).blob());
  await told("loadeddata");
  const context = new OffscreenCanvas(video.videoWidth, video.videoHeight).getContext("2d");
  const grays = [];
  for (const [time, level] of wanted) {
    const sought = told("seeked");
    video.currentTime = time;
    await sought;
    let gray;
    const end = performance.now() + milliseconds;
    do {
      await new Promise((done) => setTimeout(done, 20));
      context.drawImage(video, 0, 0);
      gray = context.getImageData(10, 10, 1, 1).data[0];
    } while (Math.abs(gray - level) > 3 && performance.now() < end);
    grays.push(gray);
  }
  return { grays, duration: video.duration, size: [video.videoWidth, video.videoHeight] };
}"""


def picture(level: int) -> Image.Image:
    pixels = np.full((HEIGHT, WIDTH), level, np.uint8)
    pixels[100:150, 40 + level : 80 + level] = 255
    return Image.fromarray(pixels)


def test_a_browser_plays_it_and_finds_every_frame() -> None:
    levels = [10 * place for place in range(17)]
    shown = [picture(level) for level in levels]
    scenes = [read_scene(encode_scene(shown[:9])), read_scene(encode_scene(shown[9:]))]
    video = write_mp4(scenes, WIDTH, HEIGHT, 1000 / RATE)
    places = [0, 3, 8, 9, 16, 5]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find("chromium"), args=FLAGS)
        page = browser.new_page()
        page.set_default_timeout(SECONDS * 1000)
        page.route(SITE, lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
        page.route(SITE + "film.mp4", lambda route: route.fulfill(body=video, content_type="video/mp4"))
        page.goto(SITE)
        wanted = [[(place + 0.5) / RATE, levels[place]] for place in places]
        found = page.evaluate(GRAYS, {"wanted": wanted, "milliseconds": SECONDS * 100})
        browser.close()
    assert found["size"] == [WIDTH, HEIGHT]
    assert found["duration"] == pytest.approx(17 / RATE, abs=0.001)
    assert found["grays"] == pytest.approx([levels[place] for place in places], abs=3)
