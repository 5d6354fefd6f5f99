/** Buttons that copy: `data-copy` names the element by id, `data-done` says what to show afterwards. */

/** @param {Element} element @returns {string} what a person would copy from it */
export function textOf(element) {
  return "value" in element ? element.value : element.textContent.trim();
}

/** Let a button copy; where the browser cannot, the button stays hidden and people copy by hand. */
export function connect(button, page, clipboard) {
  const source = page.getElementById(button.dataset.copy);
  if (!clipboard || !source) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await clipboard.writeText(textOf(source));
    } catch {
      source.focus?.();
      source.select?.();
      return;
    }
    button.querySelector("span").textContent = button.dataset.done;
    button.setAttribute("aria-live", "polite");
  });
}

if (typeof document !== "undefined") {
  for (const button of document.querySelectorAll("[data-copy]")) connect(button, document, navigator.clipboard);
}
