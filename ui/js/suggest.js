// One list of suggestions below a field, walked by arrow keys; and the picker of one or many values that uses it.
import { find, findAll, icon, make } from "./dom.js";
import { placeMenu } from "./menus.js";

const MOST_SHOWN = 80;

/** The list itself: an ARIA listbox that belongs to whichever field is being typed in. */
export class SuggestBox {
  constructor(element) {
    this.element = element;
    element.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    element.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.pick(findAll("[role=option]", element).indexOf(option));
    });
  }

  get isOpen() {
    return this.element.matches(":popover-open");
  }

  /** Show items ({ value, label, detail, icon, picked }) at a place; `at` is the one Enter takes, -1 for none. */
  show(field, { items, place = field, note = "", at = 0, onPick }) {
    this.field = field;
    this.items = items.slice(0, MOST_SHOWN);
    this.onPick = onPick;
    const rows = this.items.map((item, number) => this.draw(item, number));
    if (note) rows.push(make("p", { class: "none" }, note));
    if (!rows.length) return this.hide();
    this.element.replaceChildren(...rows);
    if (!this.isOpen) this.element.showPopover();
    placeMenu(this.element, place);
    this.tell(true);
    this.mark(Math.min(at, this.items.length - 1));
  }

  draw(item, number) {
    const row = make("div", { class: "menu-item", role: "option", id: `suggest-${number}`, "data-value": item.value });
    if (item.icon) row.append(icon(item.icon));
    row.append(make("bdi", {}, item.label));
    if (item.detail) row.append(make("small", { class: "end" }, item.detail));
    if (item.picked) row.append(icon("check"));
    return row;
  }

  mark(at) {
    this.at = at;
    for (const [number, row] of findAll("[role=option]", this.element).entries()) {
      row.setAttribute("aria-selected", String(number === at));
      if (number === at) row.scrollIntoView({ block: "nearest" });
    }
    if (at >= 0) this.field.setAttribute("aria-activedescendant", `suggest-${at}`);
    else this.field.removeAttribute("aria-activedescendant");
  }

  pick(at) {
    if (this.items[at]) this.onPick(this.items[at]);
  }

  hide() {
    if (this.isOpen) this.element.hidePopover();
    this.tell(false);
    this.field?.removeAttribute("aria-activedescendant");
  }

  /** A combobox says whether its list is open; a text of several lines can be none and says what is marked alone. */
  tell(open) {
    if (this.field?.matches("[role=combobox]")) this.field.setAttribute("aria-expanded", String(open));
  }

  /** Arrow keys, Enter, Tab and Esc while the list is open; true when the key was for it. */
  onKey(event) {
    if (!this.isOpen) return false;
    const count = this.items.length;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps && count) this.mark((this.at + steps[event.key] + count) % count);
    else if (event.key === "Escape") this.hide();
    else if (["Enter", "Tab"].includes(event.key) && !event.shiftKey && this.at >= 0) this.pick(this.at);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}

/**
 * Pick one or many values. `source(text)` answers with items; `free` lets people add what is not among them.
 * Calls `onChange(values)` each time.
 */
export function makePicker(box, { values, single, free, label, placeholder, remove, source, labelOf, onChange }) {
  const picker = make("div", { class: "fb-pick" });
  const input = make("input", {
    ...{ type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", autocapitalize: "off" },
    ...{ "aria-label": label, "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": box.element.id },
  });
  let chosen = values.filter((value) => value !== "");
  let asked = 0;
  const change = (next) => {
    chosen = next;
    draw();
    onChange(chosen);
  };
  const drop = (value) => change(chosen.filter((one) => one !== value));
  const token = (value) => {
    const button = make("button", { type: "button", "aria-label": remove.replace("%s", labelOf(value)) }, icon("x"));
    button.addEventListener("click", () => (drop(value), input.focus()));
    return make("span", { class: "fb-token" }, make("bdi", {}, labelOf(value)), button);
  };
  const draw = () => {
    for (const old of findAll(".fb-token", picker)) old.remove();
    input.before(...chosen.map(token));
    input.placeholder = chosen.length ? "" : placeholder;
  };
  const add = (value) => {
    input.value = "";
    if (single) change([value]);
    else if (chosen.includes(value)) drop(value);
    else change([...chosen, value]);
    if (single) box.hide();
    else open();
  };
  const open = async () => {
    const number = (asked += 1);
    const text = input.value.trim();
    const items = await source(text);
    if (number !== asked || document.activeElement !== input) return;
    const shown = items.map((item) => ({ ...item, picked: chosen.includes(item.value) }));
    const at = text || !free ? 0 : -1;
    box.show(input, { items: shown, at, place: picker, onPick: (item) => add(item.value) });
  };
  const commit = () => {
    const words = free ? input.value.split(",").map((word) => word.trim()) : [];
    const fresh = words.filter((word) => word && !chosen.includes(word));
    input.value = "";
    if (fresh.length) change(single ? fresh.slice(-1) : [...chosen, ...fresh]);
  };
  input.addEventListener("input", () => (free && input.value.endsWith(",") ? (commit(), open()) : open()));
  input.addEventListener("click", () => box.isOpen || open());
  input.addEventListener("blur", () => {
    asked += 1;
    commit();
    if (box.field === input) box.hide();
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const typed = input.value.trim();
    // What was typed to its end is meant as it is, also when a longer word is suggested.
    if (event.key === "Tab" && (!typed || free)) return;
    if (event.key === "Enter" && free && typed && !(box.isOpen && box.moved)) {
      const same = box.isOpen && box.items.find((item) => item.label.toLowerCase() === typed.toLowerCase());
      event.preventDefault();
      event.stopPropagation();
      return same ? add(same.value) : (commit(), open());
    }
    box.moved = /^Arrow(Up|Down)$/.test(event.key) && box.isOpen;
    if (box.onKey(event)) return;
    if (event.key === "ArrowDown") (event.preventDefault(), open());
    if (event.key === "Backspace" && !input.value && chosen.length) (event.stopPropagation(), drop(chosen.at(-1)), open());
  });
  picker.addEventListener("pointerdown", (event) => {
    if (event.target !== picker) return;
    event.preventDefault();
    input.focus();
  });
  picker.append(input);
  draw();
  return picker;
}

/** Items whose label or value holds what was typed; those that begin with it come first. */
export function narrow(items, text) {
  const fold = (word) => word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const wanted = fold(text);
  const place = (item) => {
    const at = fold(item.label).indexOf(wanted);
    return at < 0 && fold(item.value).startsWith(wanted) ? 1 : at;
  };
  const near = items.map((item) => [place(item), item]).filter(([at]) => at >= 0);
  return wanted ? near.sort(([a], [b]) => Math.min(a, 1) - Math.min(b, 1)).map(([, item]) => item) : items;
}

/** Walk an element's focusable parts; used after it was drawn anew. */
export const focusPart = (root, key) => {
  const part = key && find(`[data-focus="${CSS.escape(key)}"]`, root);
  const target = part?.matches("input, select, button, textarea") ? part : part && find("input, select, button", part);
  target?.focus({ preventScroll: true });
  target?.scrollIntoView({ block: "nearest" });
  return Boolean(target);
};
