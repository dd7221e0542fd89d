// The fields for the value of a condition: words, figures, money, days, yes or no, one or many of a list.
import { find, make } from "./dom.js";
import { makePicker, narrow } from "./suggest.js";
import { readRelative } from "./tree.js";

const MANY = new Set(["in", "not in"]);
const FIGURES = new Set(["number", "decimal", "money"]);
const UNITS = ["d", "w", "m", "y"];

/** The part of a row that holds the value; it writes into the condition through view.changed(). */
export function drawValue(view, node, field) {
  const box = make("div", { class: "fb-value", "data-part": "value", "data-focus": `${node.id}:value` });
  const operator = field.operators.find((one) => one.name === node.operator);
  const set = (values) => view.changed(node, values);
  const setAt = (at, value) => set(Object.assign([...node.values], { [at]: value }));
  if (operator?.takes === "none") return box;
  if (["last", "next"].includes(node.operator)) box.append(...drawSpan(view, node.values[0], (value) => set([value])));
  else if (field.kind === "boolean") box.append(drawYesNo(view, node, set));
  else if (field.choices || field.suggests || MANY.has(node.operator)) box.append(drawPicker(view, node, field, set));
  else {
    const draw = ["date", "datetime"].includes(field.kind) ? drawDay : drawInput;
    box.append(draw(view, node.values[0] ?? "", field, (value) => setAt(0, value)));
    if (operator?.takes === "two") {
      box.append(make("span", { class: "dim" }, view.words.and));
      box.append(draw(view, node.values[1] ?? "", field, (value) => setAt(1, value)));
    }
  }
  return box;
}

function drawInput(view, value, field, set) {
  const figure = FIGURES.has(field.kind);
  const input = make("input", {
    ...{ class: figure ? "input fb-figure" : "input", type: "text", value, autocomplete: "off", spellcheck: "false", "aria-label": view.words.value },
    ...{ inputmode: figure ? "decimal" : null, placeholder: figure ? "0" : view.words.value },
  });
  input.addEventListener("input", () => set(input.value));
  if (field.kind !== "money") return input;
  const { symbol, before } = view.catalogue.currency;
  const sign = make("span", { class: "dim", "aria-hidden": "true" }, symbol);
  return make("span", { class: `fb-money${before ? "" : " after"}` }, ...(before ? [sign, input] : [input, sign]));
}

function drawYesNo(view, node, set) {
  const is = /^(no|false|0)$/i.test(node.values[0]) ? "no" : "yes";
  const options = ["yes", "no"].map((value) => make("option", { value, selected: value === is }, view.words[value]));
  const select = make("select", { class: "select", "aria-label": view.words.value }, ...options);
  select.addEventListener("change", () => set([select.value]));
  return select;
}

function drawPicker(view, node, field, set) {
  const labels = new Map((field.choices ?? []).map((choice) => [choice.value, choice.label]));
  const same = (value) => (one) => one.id === value || one.label.toLowerCase() === value.toLowerCase();
  const known = (value) => (labels.has(value) ? value : (field.choices?.find(same(value))?.value ?? value));
  return makePicker(view.box, {
    values: node.values.map(known),
    single: !MANY.has(node.operator),
    free: !field.choices,
    label: `${field.label}: ${view.words.value}`,
    placeholder: field.choices || field.suggests ? view.words.choose : view.words.type_and_enter,
    remove: view.words.remove,
    source: (text) => (field.choices ? narrow(field.choices, text) : field.suggests ? view.suggest(node, text) : []),
    labelOf: (value) => labels.get(value) ?? value,
    onChange: set,
  });
}

// ---- days

const amountOf = (view, value, set) => {
  const input = make("input", {
    ...{ class: "input fb-amount", type: "number", min: "0", max: "99999", step: "1", value },
    ...{ "aria-label": view.words.how_many },
  });
  input.addEventListener("input", () => set(input.value));
  return input;
};

const unitOf = (view, unit, set) => {
  const options = UNITS.map((name) => make("option", { value: name, selected: name === unit }, view.words.units[name]));
  const select = make("select", { class: "select", "aria-label": view.words.unit }, ...options);
  select.addEventListener("change", () => set(select.value));
  return select;
};

/** "In the last [30] [days]". */
function drawSpan(view, value, set) {
  const found = readRelative(value) ?? { amount: "", unit: "d" };
  const tell = (change) => set(Object.assign(found, change).amount && `${found.amount}${found.unit}`);
  return [amountOf(view, found.amount, (amount) => tell({ amount })), unitOf(view, found.unit, (unit) => tell({ unit }))];
}

/** One day: of the calendar, by name, or so many days, weeks, months or years from today. */
function drawDay(view, value, field, set) {
  const box = make("span", { class: "fb-day" });
  const relative = readRelative(value);
  const { days, named_days: named } = view.words;
  const way = value in named ? value : relative ? (relative.ago ? "ago" : "ahead") : "day";
  const options = Object.entries({ ...days, ...named }).map(([name, label]) =>
    make("option", { value: name, selected: name === way }, label),
  );
  const how = make("select", { class: "select", "aria-label": view.words.which_day }, ...options);
  how.addEventListener("change", () => {
    const next = { day: "", ago: "-30d", ahead: "+30d" }[how.value] ?? how.value;
    set(next);
    const fresh = drawDay(view, next, field, set);
    box.replaceWith(fresh);
    (find("input", fresh) ?? find("select", fresh)).focus();
  });
  if (way === "day") {
    // A date that the calendar cannot hold stays as it was typed, so that it can be put right.
    const type = value && !/^\d{4}-\d\d-\d\d$/.test(value) ? "text" : "date";
    const input = make("input", { class: "input", type, value, "aria-label": view.words.value });
    input.addEventListener("input", () => set(input.value));
    box.append(how, input);
  } else if (relative) {
    const tell = (change) => {
      const next = Object.assign(relative, change);
      set(next.amount && `${next.ago ? "-" : "+"}${next.amount}${next.unit}`);
    };
    box.append(amountOf(view, relative.amount, (amount) => tell({ amount })), unitOf(view, relative.unit, (unit) => tell({ unit })), how);
  } else box.append(how);
  return box;
}
