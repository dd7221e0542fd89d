// What can be done to a part of the filter: ask about it in another way, copy it, group it, move it, drop it.
import { stepFor } from "./moving.js";
import { operatorsOf } from "./rows.js";
import { copyOf, locate, newGroup } from "./tree.js";

const SPANS = new Set(["last", "next"]);
const AT_LEAST = new Set(["number", "decimal", "money"]);
const VERBS = { copy: "copy", wrap: "hierarchy", up: "arrow-up", down: "arrow-down", out: "chevron-left", in: "chevron-right" };

/** The question one most often asks of such a field. */
export function firstQuestion(field, words) {
  const listed = operatorsOf(field, words, "").map((one) => one.name);
  if (field.kind === "boolean") return { operator: "=", values: ["yes"] };
  if (listed.includes("last")) return { operator: field.function ? "next" : "last", values: ["30d"] };
  const wanted = field.choices || field.kind === "tags" ? "in" : AT_LEAST.has(field.kind) ? ">=" : listed[0];
  return { operator: listed.includes(wanted) ? wanted : listed[0], values: [] };
}

/** Ask a condition in another way, keeping the values that fit. */
export function turnTo(node, operator, field) {
  const takes = field?.operators.find((one) => one.name === operator)?.takes;
  if (SPANS.has(operator)) node.values = SPANS.has(node.operator) ? node.values : ["30d"];
  else if (SPANS.has(node.operator) || takes === "none") node.values = [];
  else if (takes === "one") node.values = node.values.slice(0, 1);
  else if (takes === "two") node.values = node.values.slice(0, 2);
  node.operator = operator;
}

/** What the menu of a part offers. */
export function verbsOf(root, node, words) {
  const can = (name) => ["copy", "wrap"].includes(name) || Boolean(stepFor(root, node.id, name));
  const listed = Object.entries(VERBS).filter(([name]) => can(name));
  const items = listed.map(([name, icon]) => ({ name, icon, label: words.verbs[name] }));
  return [...items, { name: "remove", icon: "trash", label: words.verbs.remove, danger: true }];
}

/** A group of the other sort than the one around it, which is what one wants a group for. */
export const groupWithin = (parent, items = []) => newGroup(parent.mode === "any" ? "all" : "any", items);

const landing = (node) => `${node.id}:${{ group: "mode", link: "operator" }[node.kind] ?? "field"}`;

/** Copy a part, put it into a group of its own or drop it; answers where the focus goes. */
export function rework(root, node, verb) {
  const { parent } = locate(root, node.id);
  const at = parent.items.indexOf(node);
  if (verb === "remove") {
    parent.items.splice(at, 1);
    const next = parent.items[at] ?? parent.items[at - 1];
    return next ? landing(next) : `${parent.id}:add`;
  }
  if (verb === "copy") {
    const copy = copyOf(node);
    parent.items.splice(at + 1, 0, copy);
    return landing(copy);
  }
  const group = groupWithin(parent, [node]);
  parent.items.splice(at, 1, group);
  return landing(group);
}
