// A file that takes a while to make: the server makes more of it each time it is asked, and tells how far it is.

import { fetchJson, Trouble } from "../network.js";
import { delayAfter } from "../pace.js";

const PASSING = new Set(["busy", "offline"]);
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Return the address that tells how far the file at `page` is. */
export function progressAddress(page) {
  const [path, query = ""] = page.split("?");
  return `${path}progress.json${query && `?${query}`}`;
}

/** Ask until the file is there and return its address; `tell` is given the words of every answer. */
export async function follow(page, tell, signal, { load = fetchJson, wait = pause } = {}) {
  for (let failures = 0; ; ) {
    try {
      const { words, url } = await load(progressAddress(page), signal);
      tell(words);
      if (url) return url;
      failures = 0;
    } catch (error) {
      if (!(error instanceof Trouble) || !PASSING.has(error.kind)) throw error;
      failures += 1;
      await wait(delayAfter(failures, Math.random(), error.retryAfter));
      signal.throwIfAborted();
    }
  }
}

/** Return what saves the file at a page without leaving the viewer; called once more before that is done, it stops. */
export function createSaver({ say, tell, leave = (url) => location.assign(url) }) {
  let abort = null;
  const save = async (page) => {
    const mine = new AbortController();
    abort = mine;
    const isMine = () => abort === mine;
    tell(say("saving-begins"));
    try {
      leave(await follow(page, (words) => isMine() && tell(words), mine.signal));
    } catch {
      if (isMine()) tell(say("saving-failed"));
    }
    if (isMine()) abort = null;
  };
  return (page) => {
    if (!abort) return save(page);
    abort.abort();
    abort = null;
    return tell("");
  };
}
