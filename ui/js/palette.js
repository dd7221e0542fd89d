// <command-palette>: people, pages and verbs in one list; Ctrl K opens it, G and a letter goes at once.
import { find, findAll, isTyping, somethingOpen } from "./dom.js";

// Milliseconds between G and its letter, by the time of the keys themselves: a busy page does not count.
const GO_WITHIN = 1500;

class CommandPalette extends HTMLElement {
  connectedCallback() {
    this.leave = new AbortController();
    const { signal } = this.leave;
    this.dialog = find("dialog", this);
    this.box = find("input", this);
    document.addEventListener("keydown", (event) => this.onPageKey(event), { signal });
    document.addEventListener("click", (event) => this.onPageClick(event), { signal });
    this.box.addEventListener("input", () => this.narrow(), { signal });
    this.box.addEventListener("keydown", (event) => this.onKey(event), { signal });
    this.addEventListener("htmx:after:swap", () => this.narrow(), { signal });
    this.dialog.addEventListener("click", (event) => this.onDialogClick(event), { signal });
    this.dialog.addEventListener("mousemove", (event) => this.onHover(event), { signal });
  }

  disconnectedCallback() {
    this.leave.abort();
  }

  get options() {
    return findAll("[role=option]:not([hidden])", this);
  }

  open() {
    this.box.value = "";
    find("#palette-found", this)?.replaceChildren();
    this.narrow();
    this.dialog.showModal();
    this.box.focus();
  }

  onPageClick(event) {
    if (!event.target.closest?.("[data-open-palette]")) return;
    event.preventDefault();
    this.open();
  }

  onPageKey(event) {
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && key === "k") {
      event.preventDefault();
      if (this.dialog.open) this.dialog.close();
      else this.open();
      return;
    }
    if (isTyping(event) || somethingOpen()) return;
    if (this.goingSince && event.timeStamp - this.goingSince < GO_WITHIN) {
      this.goingSince = 0;
      const goal = find(`[data-go="${CSS.escape(key)}"]`);
      if (goal) {
        event.preventDefault();
        event.stopImmediatePropagation();
        goal.click();
      }
    } else if (key === "g") {
      this.goingSince = event.timeStamp;
    }
  }

  /** Hide the pages and verbs that do not match; what the server found matches already. */
  narrow() {
    const words = this.box.value.trim().toLowerCase().split(/\s+/);
    for (const option of findAll("[role=option]", this)) {
      const text = option.textContent.toLowerCase();
      option.hidden = !option.closest("#palette-found") && !words.every((word) => text.includes(word));
    }
    for (const group of findAll("[role=group]", this)) group.hidden = !find("[role=option]:not([hidden])", group);
    const none = find(".none", this);
    none.hidden = this.options.length > 0;
    this.mark(0);
  }

  mark(index) {
    const options = this.options;
    this.at = options.length ? (index + options.length) % options.length : -1;
    options.forEach((option, place) => option.setAttribute("aria-selected", place === this.at));
    const marked = options[this.at];
    if (marked) this.box.setAttribute("aria-activedescendant", marked.id);
    else this.box.removeAttribute("aria-activedescendant");
    marked?.scrollIntoView({ block: "nearest" });
  }

  onKey(event) {
    const moves = {
      ArrowDown: () => this.mark(this.at + 1),
      ArrowUp: () => this.mark(this.at - 1),
      Enter: () => this.options[this.at]?.click(),
    };
    if (!moves[event.key] || event.isComposing) return;
    event.preventDefault();
    moves[event.key]();
  }

  onHover(event) {
    const option = event.target.closest("[role=option]");
    if (option) this.mark(this.options.indexOf(option));
  }

  onDialogClick(event) {
    if (event.target === this.dialog || event.target.closest("[role=option]")) this.dialog.close();
  }
}

customElements.define("command-palette", CommandPalette);
