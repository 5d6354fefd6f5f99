// The list of measures: each is said in words, leads to its frame and can be deleted.

/** Shows measures in the panel of the page (templates/viewer/measures.html). */
export class MeasureList {
  constructor(root, say) {
    this.say = say;
    this.panel = root.querySelector("[data-measures]");
    this.count = this.panel.querySelector("[data-measure-count]");
    this.list = this.panel.querySelector("ul");
  }

  /** Show `entries`, each {id, words, place}; keep the focus in the list when an entry goes. */
  show(entries) {
    const at = [...this.list.querySelectorAll("[data-remove]")].indexOf(document.activeElement);
    this.panel.hidden = !entries.length;
    this.count.textContent = String(entries.length);
    this.list.replaceChildren(...entries.map((entry) => this.#item(entry)));
    if (at >= 0) this.#focus(at);
  }

  #focus(at) {
    const buttons = this.list.querySelectorAll("[data-remove]");
    const next = buttons[Math.min(at, buttons.length - 1)] ?? document.querySelector("[data-stage]");
    next.focus();
  }

  #item({ id, words, place }) {
    const item = document.createElement("li");
    const remove = button(`unmeasure:${id}`, this.say("measure-delete"));
    remove.dataset.remove = "";
    remove.setAttribute("aria-label", `${this.say("measure-delete")}: ${words}`);
    item.append(button(`measured:${id}`, `${words} (${place})`), remove);
    return item;
  }
}

function button(command, words) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "tool";
  made.dataset.command = command;
  made.textContent = words;
  return made;
}
