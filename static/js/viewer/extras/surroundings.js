// What is around a viewer: the network, the page, its help and the whole screen.

/** Have a viewer go on when the network is back, stop while nobody looks, and open its help. */
export function attachSurroundings(viewer) {
  const { root, state, commands } = viewer;
  addEventListener("online", () => viewer.run("retry"));
  addEventListener("offline", () => state.change({ trouble: "offline" }));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) state.change({ isPlaying: false });
    else if (state.values.trouble) viewer.run("retry");
  });
  Object.assign(commands, {
    help: () => root.querySelector("[data-help]").showModal(),
    fullscreen: () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen?.()),
  });
}
