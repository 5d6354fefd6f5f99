// More pictures than one: at once where there is a mouse or a link asks for two, on a phone when they are called for.

/** Load layouts and comparing for a viewer; `source(surface)` gives what a stage draws of a scene. */
export function tilesOnIntent(viewer, source) {
  const { commands, root, state } = viewer;
  let [loading, isHere] = [null, false];
  const came = ({ attachTiles }) => {
    attachTiles(viewer, source);
    isHere = true;
  };
  const failed = () => {
    loading = null;
    state.change({ trouble: "offline" });
  };
  const then = (act) => {
    loading ??= import("./tiles/attach.js").then(came, failed);
    return loading.then(() => isHere && act());
  };
  for (const name of ["layout", "linked", "compare"]) {
    commands[name] = (argument) => then(() => viewer.run(name, argument));
  }
  const list = root.querySelector("[data-priors]");
  list?.addEventListener("change", () => isHere || then(() => list.dispatchEvent(new Event("change"))));
  if (root.dataset.compare || matchMedia("(pointer: fine)").matches) then(() => undefined);
}
