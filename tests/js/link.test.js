import assert from "node:assert/strict";
import { test } from "node:test";
import { movingAddress, shareAddress } from "../../static/js/viewer/extras/link.js";

test("a new share opens with the frame and window that are shown", () => {
  const values = { series: { id: "s1" }, number: 7, window: { center: -600, width: 1500, function: "LINEAR" } };
  const address = shareAddress("/scans/k/share/?picture=old", values);
  assert.equal(address, "/scans/k/share/?picture=series%3Ds1%26frame%3D7%26window%3D-600%252C1500");
  const picture = new URL(address, "https://x.example").searchParams.get("picture");
  assert.equal(picture, "series=s1&frame=7&window=-600%2C1500");
});

test("the moving picture is that of the series and window shown", () => {
  const series = { frames_url: "/viewer/k/s/frames/" };
  assert.equal(movingAddress({ series, window: null }, "gif"), "/viewer/k/s/saving/gif/");
  assert.equal(
    movingAddress({ series, window: { center: 40, width: 400 } }, "mp4"),
    "/viewer/k/s/saving/mp4/?window=40%2C400",
  );
});
