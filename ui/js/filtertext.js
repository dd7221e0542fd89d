// The filter as text: completion while typing, and the word that is wrong underlined.
import { completionAt } from "./completion.js";
import { find, make } from "./dom.js";
import { narrow } from "./suggest.js";

export class FilterText {
  constructor(element, box, changed) {
    Object.assign(this, { element, box, changed, written: "", asked: 0 });
    this.area = find("textarea", element);
    this.mirror = find("pre", element);
    this.sentence = find(".problem", element);
    this.area.addEventListener("input", () => this.onInput());
    this.area.addEventListener("keydown", (event) => this.onKey(event));
    this.area.addEventListener("scroll", () => this.follow());
    this.area.addEventListener("blur", () => this.box.field === this.area && this.leave());
    this.area.addEventListener("click", () => this.box.field === this.area && this.box.hide());
  }

  know(catalogue, suggest) {
    this.catalogue = catalogue;
    this.suggest = suggest;
  }

  get value() {
    return this.area.value;
  }

  /** Was anything typed since the text was put here? */
  get isTyped() {
    return this.area.value !== this.written;
  }

  /** Put a text here that counts as kept: nothing is lost when it goes. */
  set(text) {
    this.area.value = text;
    this.written = this.area.value;
    this.wrong(null);
  }

  focus() {
    this.area.focus();
    const at = this.problem ? this.problem.position + this.problem.length : this.area.value.length;
    this.area.setSelectionRange(at, at);
  }

  onInput() {
    this.wrong(null);
    this.changed();
    this.complete();
  }

  onKey(event) {
    if (event.isComposing) return;
    if (this.box.field === this.area && this.box.onKey(event)) return;
    if ((event.ctrlKey && event.key === " ") || (event.key === "ArrowDown" && event.altKey)) {
      event.preventDefault();
      this.complete(true);
    } else if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault(); // one line of thought; it wraps by itself
      this.element.dispatchEvent(new CustomEvent("filter:apply", { bubbles: true }));
    }
  }

  /** Nothing is offered any more, also not what was asked for. */
  leave() {
    this.asked += 1;
    this.box.hide();
  }

  /** Offer what could come next. */
  async complete(wanted = false) {
    const number = (this.asked += 1);
    const caret = this.area.selectionStart;
    if (caret !== this.area.selectionEnd) return this.box.hide();
    const found = completionAt(this.area.value, caret, this.catalogue, this.suggest);
    const items = narrow(await found.items, found.typed);
    if (number !== this.asked || document.activeElement !== this.area) return;
    const done = items.length === 1 && items[0].value.toLowerCase() === found.typed.toLowerCase();
    if (!items.length || (done && !wanted)) return this.box.hide();
    this.box.show(this.area, {
      items,
      place: { getBoundingClientRect: () => this.boxAt(found.from) },
      onPick: (item) => this.insert(found, item),
    });
  }

  insert({ from, to, ends = "" }, item) {
    this.area.setRangeText(item.insert + (item.insert.endsWith(" ") ? "" : ends), from, to, "end");
    this.wrong(null);
    this.changed();
    this.complete();
  }

  /** Where a character stands on the screen, read from the copy that lies behind the field. */
  boxAt(position) {
    this.paint();
    const range = document.createRange();
    let left = position;
    const walker = document.createTreeWalker(this.mirror, NodeFilter.SHOW_TEXT);
    let node = walker.nextNode();
    while (node && left > node.length) {
      left -= node.length;
      node = walker.nextNode();
    }
    if (!node) return this.area.getBoundingClientRect();
    range.setStart(node, Math.min(left, node.length));
    range.collapse(true);
    const { left: x, right, top, bottom } = range.getBoundingClientRect();
    return top ? { left: x, right, top, bottom } : this.area.getBoundingClientRect();
  }

  /** Underline what is wrong and say why; nothing takes the mark away. */
  wrong(problem) {
    this.problem = problem ?? null;
    this.sentence.hidden = !problem;
    find("span", this.sentence).textContent = problem?.sentence ?? "";
    if (problem) this.area.setAttribute("aria-invalid", "true");
    else this.area.removeAttribute("aria-invalid");
    this.paint();
  }

  paint() {
    const text = this.area.value;
    const { position = text.length, length = 0 } = this.problem ?? {};
    const end = position + Math.max(length, this.problem ? 1 : 0);
    const mark = make("mark", {}, text.slice(position, end) || " ");
    this.mirror.replaceChildren(text.slice(0, position), ...(this.problem ? [mark] : []), text.slice(end), "\u200b");
    this.follow();
  }

  follow() {
    this.mirror.scrollTop = this.area.scrollTop;
  }
}
