// Draws the builder's tree: groups, conditions, linked things. Nothing here changes the tree; see builder.js.
import { fill, find, findAll, icon, make } from "./dom.js";
import { drawValue } from "./operands.js";
import { locate } from "./tree.js";

const MODES = ["all", "any", "none"];
const COUNTED = [">=", "=", "<=", ">", "<"];
export const DAYS = new Set(["date", "datetime"]);

const option = (value, label, current) => make("option", { value, selected: value === current }, label);
const button = (name, label, iconName, attributes = {}) =>
  make("button", { type: "button", "data-do": name, "aria-label": label, title: label, ...attributes }, icon(iconName));

/** What the catalogue says of a condition: its field, and the field under the function it is asked with. */
export function subjectOf(catalogue, node, link) {
  const fields = link ? catalogue.links.find((one) => one.name === link)?.fields : catalogue.fields;
  const name = node.field.toLowerCase();
  const field = fields?.find((one) => one.name === name || one.synonyms?.includes(name));
  if (!field || !node.function) return field;
  const use = field.functions.find((one) => one.name === node.function);
  return use && { ...field, ...use, name: field.name, kind: field.kind };
}

/** The comparisons a condition can be turned to, with those for days as people say them. */
export function operatorsOf(field, words, current) {
  const spans = DAYS.has(field.kind) && field.operators.some((one) => one.name === "between");
  const fixed = new Set(DAYS.has(field.kind) ? ["in", "not in"] : field.kind === "boolean" ? ["!="] : []);
  const listed = field.operators.filter((one) => !fixed.has(one.name) || one.name === current);
  const said = [
    { name: "last", label: words.in_the_last, takes: "span" },
    { name: "next", label: words.in_the_next, takes: "span" },
  ];
  return spans ? [...said, ...listed] : listed;
}

export class TreeView {
  /** `box` is the list of suggestions; `changed(node, values)` and `suggest(node, text)` are the bench's. */
  constructor({ catalogue, box, changed, suggest }) {
    Object.assign(this, { catalogue, box, changed, suggest, words: catalogue.words });
  }

  draw(root) {
    this.root = root;
    return this.group(root, { top: true, link: null });
  }

  /** Show what is wrong beside each condition, without drawing anything anew: somebody may be typing there. */
  paint(element, problems) {
    for (const old of findAll(".fb-item > .problem", element)) old.remove();
    for (const item of findAll(".fb-item", element)) {
      const sentence = problems.get(item.dataset.item);
      const box = find("[data-node]", item);
      box.classList.toggle("wrong", Boolean(sentence));
      if (!sentence) continue;
      box.after(make("p", { class: "problem" }, icon("alert-triangle"), make("span", {}, sentence)));
    }
  }

  group(node, { top = false, link = null, bare = false }) {
    const items = node.items.map((item, at) => this.item(item, at, node, link));
    const box = make("div", { class: top ? "fb-group top" : "fb-group", "data-node": node.id, role: "group" });
    box.setAttribute("aria-label", this.words.modes[node.mode]);
    if (!bare || node.items.length > 1 || node.mode === "none") box.append(this.head(node, top, bare));
    box.append(make("ul", { class: "fb-items", role: "list" }, ...items), this.foot(node, link, top));
    return box;
  }

  head(node, top, bare) {
    const mode = make(
      "select",
      { class: "select fb-mode", "data-part": "mode", "data-focus": `${node.id}:mode`, "aria-label": this.words.mode },
      ...MODES.map((name) => option(name, this.words.modes[name], node.mode)),
    );
    const grips = top || bare ? [] : [this.grip(node, this.words.group)];
    const more = top || bare ? [] : [this.more(node, this.words.group)];
    const lead = top ? [make("span", {}, fill(this.words.those_who_match, this.catalogue.things))] : [];
    return make("div", { class: "fb-head" }, ...grips, ...lead, mode, make("span", { class: "dim" }, this.words.of_these), ...more);
  }

  grip(node, label) {
    const text = fill(this.words.move, label);
    return button("grip", text, "grip-vertical", { class: "grip", "data-focus": `${node.id}:grip` });
  }

  more(node, label) {
    const text = fill(this.words.more, label);
    const remove = button("remove", fill(this.words.remove, label), "x", { class: "fb-icon", "data-focus": `${node.id}:remove` });
    const menu = button("menu", text, "dots", { class: "fb-icon", "aria-haspopup": "menu", "data-focus": `${node.id}:menu` });
    return make("span", { class: "fb-ends" }, menu, remove);
  }

  foot(node, link, top) {
    const add = (name, text, image) => {
      const attributes = { class: "btn", "data-variant": "ghost", "data-size": "sm", type: "button" };
      return make("button", { ...attributes, "data-do": name, "data-focus": `${node.id}:${name}` }, icon(image), text);
    };
    const kinds = [add("add", this.words.add_condition, "plus"), add("group", this.words.add_group, "hierarchy")];
    if (!link && this.catalogue.links.length && top) kinds.push(add("link", this.words.add_link, "link"));
    return make("div", { class: "fb-add" }, ...kinds);
  }

  item(node, at, parent, link) {
    const start = this.words.starts[parent.mode === "none" && parent.items.length === 1 ? "not" : parent.mode];
    const joint = make("span", { class: "fb-joint", "aria-hidden": "true" }, at ? this.words.joints[parent.mode] : start);
    const inner = node.kind === "group" ? this.group(node, { link }) : node.kind === "link" ? this.link(node) : this.row(node, link);
    return make("li", { class: `fb-item is-${node.kind}`, "data-item": node.id }, joint, inner);
  }

  row(node, link) {
    const field = subjectOf(this.catalogue, node, link?.link);
    const label = field?.label ?? (node.function ? `${node.function}(${node.field})` : node.field);
    const row = make("div", { class: "fb-row", "data-node": node.id, role: "group", "aria-label": label });
    const name = make(
      "button",
      { class: "fb-field", type: "button", "data-do": "field", "data-focus": `${node.id}:field`, "aria-haspopup": "menu" },
      icon(field?.icon ?? "help"),
      make("span", {}, label),
    );
    row.append(this.grip(node, label), name);
    if (field) row.append(this.operator(node, field), drawValue(this, node, field));
    row.append(this.more(node, label));
    return row;
  }

  operator(node, field) {
    const listed = operatorsOf(field, this.words, node.operator);
    const known = listed.some((one) => one.name === node.operator);
    return make(
      "select",
      { class: "select fb-operator", "data-part": "operator", "data-focus": `${node.id}:operator`, "aria-label": this.words.comparison },
      ...(known ? [] : [option(node.operator, node.operator, node.operator)]),
      ...listed.map((one) => option(one.name, one.label, node.operator)),
    );
  }

  link(node) {
    const kind = this.catalogue.links.find((one) => one.name === node.link);
    const label = kind?.label ?? node.link;
    const none = node.operator === "=" && Number(node.count) === 0;
    const how = make(
      "select",
      { class: "select fb-operator", "data-part": "counted", "data-focus": `${node.id}:operator`, "aria-label": this.words.how_many },
      ...COUNTED.map((name) => option(name, this.words.counted[name], none ? "" : node.operator)),
      option("none", this.words.counted.none, none ? "none" : ""),
    );
    const count = make("input", {
      ...{ class: "input fb-times", type: "number", min: "0", max: "1000000", step: "1", value: node.count },
      ...{ "data-part": "count", "data-focus": `${node.id}:count`, "aria-label": this.words.how_many },
    });
    const head = make("div", { class: "fb-row" }, this.grip(node, label), make("span", { class: "fb-noun" }, icon("link")), how);
    if (!none) head.append(count);
    const noun = !none && Number(node.count) === 1 && kind ? kind.singular : label;
    head.append(make("span", { class: "fb-what" }, noun.toLowerCase()), this.more(node, label));
    const box = make("div", { class: "fb-link", "data-node": node.id, role: "group", "aria-label": label }, head);
    box.append(this.group(node.part, { link: node, bare: true }));
    return box;
  }

  /** Where a node is, for those who do not see it: used when it was moved. */
  whereIs(id) {
    const { node, parent } = locate(this.root, id) ?? {};
    return parent ? `${this.words.modes[parent.mode]}, ${parent.items.indexOf(node) + 1} / ${parent.items.length}` : "";
  }
}
