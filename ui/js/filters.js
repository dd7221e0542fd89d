// <filter-editor>: choose a field, an operator and a value; or change one of an existing chip. Sends f, o and v.
import { catalogueOf } from "./catalogue.js";
import { find, findAll, make } from "./dom.js";
import { hiddenInput, placeMenu } from "./menus.js";

const VALUE_TYPES = {
  number: "number",
  decimal: "number",
  money: "number",
  date: "date",
  datetime: "date",
  email: "text",
};

class FilterEditor extends HTMLElement {
  connectedCallback() {
    this.leave = new AbortController();
    const { signal } = this.leave;
    this.form = find("form", this);
    this.fields = [];
    this.addEventListener("click", (event) => this.onClick(event), { signal });
    this.addEventListener("toggle", (event) => event.newState === "closed" && this.reset(), { signal });
    this.form.elements.o.addEventListener("change", () => this.drawValue([]), { signal });
    this.form.addEventListener("submit", () => this.onSubmit(), { signal });
    document.addEventListener("click", (event) => this.onChip(event), { signal });
    this.reset();
  }

  disconnectedCallback() {
    this.leave.abort();
  }

  /** Back to the list of fields; the conditions already there are kept by the hidden fields. */
  reset() {
    this.invoker = null;
    find(".pick-field", this).hidden = false;
    this.form.hidden = true;
    const search = find(".find-in", this);
    if (search?.value) {
      search.value = "";
      search.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  onClick(event) {
    const field = event.target.closest("[data-field]");
    if (field) this.open(field.dataset.field, {});
    const quick = event.target.closest("[data-quick]");
    if (quick) {
      find(".value", this).replaceChildren(hiddenInput("v", quick.dataset.quick));
      this.form.requestSubmit();
    }
  }

  async onChip(event) {
    const part = event.target.closest?.("[data-chip-part]");
    if (!part) return;
    event.preventDefault();
    const { chip, operator, value, removeUrl } = part.closest(".chip").dataset;
    this.invoker = part;
    this.showPopover();
    this.invoker = part;
    await this.open(chip, { operator, values: value ? JSON.parse(value) : [], without: removeUrl });
    placeMenu(this, part);
  }

  async open(name, { operator, values = [], without }) {
    this.fields = (await catalogueOf()).fields;
    this.field = this.fields.find((field) => field.name === name);
    if (!this.field) return;
    find(".pick-field", this).hidden = true;
    this.form.hidden = false;
    find("[data-title]", this).textContent = this.field.label;
    this.form.elements.f.value = name;
    const operators = this.form.elements.o;
    operators.replaceChildren(...this.field.operators.map((each) => make("option", { value: each.name }, each.label)));
    operators.value = operator || this.field.operators[0]?.name;
    this.keep(without);
    this.drawValue(values);
  }

  /** The rest of the query: of the page as it is, or of the page without the chip that is being changed. */
  keep(without) {
    const query = new URL(without || location.href, location.href).searchParams;
    const gone = new Set(["f", "o", "v", "after", "before"]);
    const kept = [...query].filter(([name]) => !gone.has(name)).map(([name, value]) => hiddenInput(name, value));
    find(".kept", this.form).replaceChildren(...kept);
  }

  drawValue(values) {
    const box = find(".value", this);
    const operator = this.field.operators.find((each) => each.name === this.form.elements.o.value);
    const label = find("[data-title]", this).textContent;
    const input = (value = "") => {
      const type = VALUE_TYPES[this.field.kind] || "text";
      const isDay = type === "date" && (value === "" || /^\d{4}-\d\d-\d\d$/.test(value));
      return make("input", {
        class: "input",
        name: "v",
        value,
        type: type === "date" && !isDay ? "text" : type,
        step: type === "number" ? "any" : null,
        "aria-label": label,
        autocomplete: "off",
      });
    };
    const content = [];
    if (operator?.takes === "none") content.push(hiddenInput("v", ""));
    else if (this.field.choices && operator?.takes === "many") content.push(this.options(values, "checkbox"));
    else if (this.field.choices) content.push(this.options(values, "radio"));
    else if (operator?.takes === "two")
      content.push(make("div", { class: "pair" }, input(values[0]), "–", input(values[1])));
    else {
      content.push(input(values.join(", ")));
      if (VALUE_TYPES[this.field.kind] === "date") content.push(this.quickDates());
    }
    box.replaceChildren(...content);
    find("input:not([type=hidden])", box)?.focus();
  }

  options(values, type) {
    const list = make("div", { class: "options" });
    if (this.field.choices.length > 9) {
      const search = make("input", {
        class: "input",
        type: "search",
        "aria-label": this.dataset.find,
        placeholder: this.dataset.find,
      });
      search.addEventListener("input", () => {
        const word = search.value.toLowerCase();
        for (const item of findAll(".menu-item", list)) item.hidden = !item.textContent.toLowerCase().includes(word);
      });
      list.append(search);
    }
    for (const { value, label, id } of this.field.choices) {
      const box = make("input", { type, name: "v", value, class: type === "radio" ? "input" : "tick" });
      box.checked = values.includes(value) || values.includes(id);
      list.append(make("label", { class: "menu-item" }, box, label));
    }
    return list;
  }

  quickDates() {
    const choices = JSON.parse(this.dataset.dates || "[]");
    const buttons = choices.map(([value, label]) => make("button", { type: "button", "data-quick": value }, label));
    return make("div", { class: "quick" }, ...buttons);
  }

  onSubmit() {
    queueMicrotask(() => this.hidePopover());
  }
}

customElements.define("filter-editor", FilterEditor);
