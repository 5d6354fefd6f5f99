"""What a person does in the viewer, measured: open, let it load, scroll, drag the window, look through the whole."""

from __future__ import annotations

import statistics
import time

from playwright.sync_api import BrowserContext, Page, expect

from bench.budgets import Measure
from bench.slow_link import PAGE, Traffic, slow_down

MOST_MILLISECONDS = 120_000
_WATCH = """
performance.setResourceTimingBufferSize(5000);
window.bench = {first: 0, lcp: 0, cls: 0, inp: 0, frames: [], moves: []};
new PerformanceObserver(list => {
  for (const e of list.getEntries()) if (e.url.includes('/frames/')) bench.first ||= e.startTime;
  bench.lcp = list.getEntries().at(-1).startTime;
}).observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) bench.cls += e.value; })
  .observe({type: 'layout-shift', buffered: true});
new PerformanceObserver(list => {
  for (const e of list.getEntries()) if (e.interactionId) bench.inp = Math.max(bench.inp, e.duration);
}).observe({type: 'event', durationThreshold: 16, buffered: true});
"""
# What the first picture does not need comes later by import() and is not among them.
_SCRIPTS = """() => [...document.querySelectorAll('link[rel=modulepreload], script[type=module]')]
  .map(one => new URL(one.href || one.src).pathname)"""
# Called after the page's own listener: the picture of this move is painted by the frame after the next callback.
_WATCH_MOVES = """() => addEventListener('pointermove', event => {
  if (!event.buttons) return;
  requestAnimationFrame(() => setTimeout(() => bench.moves.push(performance.now() - event.timeStamp)));
}, {passive: true})"""
# Sixty turns a second, sent inside the page: a driver's own are slower than a wheel.
_TURN_THE_WHEEL = """async () => {
  const stage = document.querySelector('[data-stage]');
  for (let turn = 0; turn < 120; turn += 1) {
    stage.dispatchEvent(new WheelEvent('wheel', {deltaY: 120, bubbles: true, cancelable: true}));
    await new Promise(done => setTimeout(done, 1000 / 60));
  }
}"""
_COUNT_FRAMES = """() => {
  const words = document.querySelector('[data-show=frame]');
  let last = words.textContent;
  const watch = now => {
    if (words.textContent !== last) { last = words.textContent; bench.frames.push(now); }
    requestAnimationFrame(watch);
  };
  requestAnimationFrame(watch);
}"""


def look_through(context: BrowserContext, address: str, *, is_warm: bool) -> list[Measure]:
    """Open the study and use it; `is_warm`: its first picture was rendered before."""
    context.add_init_script(_WATCH)
    page = context.new_page()
    traffic = slow_down(page)
    traffic.start()
    page.goto(address, wait_until="commit")
    first, most = _first_picture(page), 1.0 if is_warm else 2.5
    name = "rendered before" if is_warm else "never rendered"
    measures = [
        Measure(f"first picture, {name}", first, "s", most),
        Measure(f"bytes to the first picture, {name}", traffic.bytes_until(first), "KB"),
    ]
    if not is_warm:
        return measures
    return [*measures, *_loading(page, traffic), *_page_weight(page, traffic), *_use(page, traffic), *_vitals(page)]


def _first_picture(page: Page) -> float:
    """Return the seconds from the start of the navigation until the first picture is painted, as the browser says.

    A question that is put to the page waits until its scripts have begun, which may be long after that.
    """
    end = time.monotonic() + MOST_MILLISECONDS / 1000
    while not (painted := page.evaluate("bench.first")):
        if time.monotonic() > end:
            raise RuntimeError("the first picture was never painted")
        page.wait_for_timeout(50)
    return float(painted) / 1000


def _page_weight(page: Page, traffic: Traffic) -> list[Measure]:
    whole, first = traffic.bytes_of(PAGE, ".css", ".js"), sum(map(traffic.bytes_of, page.evaluate(_SCRIPTS)))
    return [
        Measure("page: HTML, CSS and all scripts as sent", whole / 1024, "KB", 60),
        Measure("scripts that the page names, as sent", first / 1024, "KB", 30),
    ]


def _loading(page: Page, traffic: Traffic) -> list[Measure]:
    count = int(page.locator("[data-slider]").get_attribute("max") or 0)
    everything = set(range(1, count + 1))
    traffic.wait_for(lambda: everything <= traffic.frames().keys(), MOST_MILLISECONDS / 1000)
    came = traffic.frames()
    end = max(came.get(number, float("nan")) for number in everything)
    runs = [one["size"] for one in traffic.answers() if "size=128" in one["name"] and one["end"] <= end]
    return [
        Measure("every 8th picture to scroll over", max(came[number] for number in range(1, count + 1, 8)), "s", 2),
        Measure(f"all {count} pictures to scroll over", end, "s", 10),
        Measure("bytes of those pictures", sum(runs) / 1e6, "MB", 2),
    ]


def _use(page: Page, traffic: Traffic) -> list[Measure]:
    stage = page.locator("[data-stage]")
    box = stage.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return [*_scroll(page, x, y), *_drag(page, x, y), *_look_at_all(page, traffic)]


def _scroll(page: Page, x: float, y: float) -> list[Measure]:
    page.evaluate(_COUNT_FRAMES)
    page.mouse.move(x, y)
    page.evaluate(_TURN_THE_WHEEL)
    times = page.evaluate("bench.frames")
    seconds = (times[-1] - times[0]) / 1000
    return [Measure("scrolling over loaded pictures", (len(times) - 1) / seconds, "per s", 30, is_least=True)]


def _drag(page: Page, x: float, y: float) -> list[Measure]:
    page.get_by_role("button", name="All tools").click()
    expect(page.locator("[data-show=quality]")).to_contain_text("Final", timeout=MOST_MILLISECONDS)
    page.get_by_role("button", name="Window", exact=True).click()
    page.evaluate(_WATCH_MOVES)
    page.wait_for_timeout(3000)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(60):
        page.mouse.move(x + step, y - step)
    waits = sorted(page.evaluate("bench.moves"))
    released = time.monotonic()
    page.mouse.up()
    expect(page.locator("[data-show=quality]")).to_contain_text("Final", timeout=MOST_MILLISECONDS)
    final = time.monotonic() - released
    p95 = waits[int(len(waits) * 0.95)] if waits else float("nan")
    return [
        Measure("window drag, input to paint, p95", p95, "ms", 50),
        Measure("window drag, input to paint, median", statistics.median(waits), "ms"),
        Measure("release to the final picture", final * 1000, "ms", 800),
    ]


def _look_at_all(page: Page, traffic: Traffic) -> list[Measure]:
    page.get_by_role("button", name="Reset").click()
    slider = page.locator("[data-slider]")
    for number in range(1, int(slider.get_attribute("max") or 0) + 1, 2):
        slider.fill(str(number))
        page.wait_for_timeout(100)
    traffic.wait_until_quiet()
    return [
        Measure("bytes for the whole CT looked through", traffic.total / 1e6, "MB", 12),
        Measure("memory of the page's process", traffic.memory_bytes() / 2**20, "MiB", 150),
    ]


def _vitals(page: Page) -> list[Measure]:
    found = page.evaluate("bench")
    return [
        Measure("largest contentful paint", found["lcp"] / 1000, "s", 2.0),
        Measure("interaction to next paint", found["inp"], "ms", 100),
        Measure("cumulative layout shift", found["cls"], "", 0.02),
    ]
