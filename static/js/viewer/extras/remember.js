// Has the account remember how a person likes the viewer. Visitors of a link have no account and no form here.

const REMEMBERED = ["mode", "upIsBrighter", "letters", "startsWithWindow"];

/** Return the fields that the server keeps. */
export function fieldsOf({ mode, upIsBrighter, letters, startsWithWindow }) {
  return {
    mode,
    tool: startsWithWindow ? "window" : "scroll",
    ...(upIsBrighter ? { up_is_brighter: "on" } : {}),
    ...(letters ? { letters: "on" } : {}),
  };
}

/** Send each change of the viewer's settings to the address of `form`. */
export function remember(form, state) {
  state.listen((changed, values) => {
    if (!REMEMBERED.some((name) => changed.has(name))) return;
    const body = new URLSearchParams([...new FormData(form), ...Object.entries(fieldsOf(values))]);
    // First the page shows it. A setting that did not arrive is no harm: the next change sends all of them again.
    setTimeout(() => fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => undefined));
  });
}
