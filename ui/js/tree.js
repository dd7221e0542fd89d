// The filter as the builder edits it: groups, conditions and linked things, each with an id; and the steps back.

const DAY_OPERATORS = { last: ["-", ""], next: ["", "+"] };
const RELATIVE = /^([+-]?)(\d{1,5})([dwmy])$/i;
let lastNodeId = 0;
const newId = () => `n${(lastNodeId += 1)}`;

export const newGroup = (mode = "all", items = []) => ({ id: newId(), kind: "group", mode, items });
export const newCondition = (field, operator = "=", values = [], use = "") => ({
  ...{ id: newId(), kind: "condition", field, function: use, operator, values },
});
export const newLink = (link, operator = ">=", count = 1, part = newGroup()) => ({
  ...{ id: newId(), kind: "link", link, operator, count, part },
});

/** The amount and unit of "-30d", with its direction; nothing for other words. */
export function readRelative(text) {
  const found = RELATIVE.exec(text ?? "");
  return found && { ago: found[1] === "-", amount: found[2], unit: found[3].toLowerCase() };
}

/** "In the last 30 days" is written as a span: the condition as people say it. */
function spoken(operator, values) {
  if (operator !== "between" || values.length !== 2) return { operator, values };
  const [from, to] = values.map(readRelative);
  if (from?.ago && values[1] === "today") return { operator: "last", values: [values[0].slice(1)] };
  if (to && !to.ago && values[0] === "today") return { operator: "next", values: [values[1].replace("+", "")] };
  return { operator, values };
}

function written({ operator, values }) {
  if (!(operator in DAY_OPERATORS)) return { operator, values };
  return { operator: "between", values: operator === "last" ? [`-${values[0]}`, "today"] : ["today", `+${values[0]}`] };
}

function readNode(data) {
  if (data.and) return newGroup("all", data.and.map(readNode));
  if (data.or) return newGroup("any", data.or.map(readNode));
  if (data.not) {
    const part = readNode(data.not);
    return part.kind === "group" && part.mode === "any" ? { ...part, mode: "none" } : newGroup("none", [part]);
  }
  if (data.has) return newLink(data.has, data.operator, data.count, readTree(data.where ?? { and: [] }));
  const { operator, values } = spoken(data.operator, data.values ?? []);
  return newCondition(data.field, operator, values, data.function ?? "");
}

/** The builder's tree of what the server sent; its top is always a group. */
export function readTree(data) {
  const node = readNode(data);
  return node.kind === "group" ? node : newGroup("all", [node]);
}

/** Does a condition say enough to be asked? */
export function isComplete(node, takes) {
  const wanted = { none: 0, two: 2 }[takes] ?? 1;
  if (node.operator in DAY_OPERATORS) return Boolean(readRelative(node.values[0])?.amount);
  const given = node.values.filter((value) => String(value).trim() !== "");
  return given.length >= wanted && (takes !== "two" || given.length === 2);
}

/**
 * The tree as the server takes it, without what is not complete yet; and, for each place in it, the id of the node
 * there, so that a problem the server finds can be shown beside it.
 */
export function writeTree(root, complete) {
  const owners = new Map();
  const own = (json, node) => (owners.set(json, node.id), json);
  const write = (node) => {
    if (node.kind === "condition") {
      if (!complete(node)) return null;
      return own({ field: node.field, ...written(node), function: node.function }, node);
    }
    if (node.kind === "link") {
      const where = write(node.part) ?? { and: [] };
      return own({ has: node.link, operator: node.operator, count: Number(node.count), where }, node);
    }
    const parts = node.items.map(write).filter(Boolean);
    if (!parts.length) return null;
    if (node.mode === "none") return own({ not: parts.length === 1 ? parts[0] : { or: parts } }, node);
    return parts.length === 1 ? parts[0] : own({ [node.mode === "all" ? "and" : "or"]: parts }, node);
  };
  const tree = write(root) ?? { and: [] };
  const places = new Map();
  const walk = (json, place) => {
    if (owners.has(json)) places.set(place, owners.get(json));
    for (const key of ["and", "or"]) json[key]?.forEach((part, at) => walk(part, `${place}/${key}/${at}`));
    if (json.not) walk(json.not, `${place}/not`);
    if (json.where) walk(json.where, `${place}/where`);
  };
  walk(tree, "");
  return { tree, places };
}

const innerOf = (node) => (node.kind === "link" ? node.part : node);

/** The node of that id and the group it is in (none for the top). */
export function locate(root, id, parent = null) {
  if (root.id === id) return { node: root, parent };
  if (root.kind === "condition") return null;
  const group = innerOf(root);
  if (group !== root && group.id === id) return { node: group, parent, link: root };
  for (const item of group.items) {
    const found = locate(item, id, group);
    if (found) return found;
  }
  return null;
}

/** The linked thing whose conditions a node is among, or nothing. */
export function linkAround(root, id, link = null) {
  if (root.id === id) return { link };
  if (root.kind === "condition") return null;
  const group = innerOf(root);
  const inside = root.kind === "link" ? root : link;
  if (group.id === id) return { link: inside };
  for (const item of group.items) {
    const found = linkAround(item, id, inside);
    if (found) return found;
  }
  return null;
}

/** A copy with ids of its own. */
export function copyOf(node) {
  const copy = structuredClone(node);
  const rename = (one) => {
    one.id = newId();
    if (one.part) rename(one.part);
    one.items?.forEach(rename);
  };
  rename(copy);
  return copy;
}

export const contains = (node, id) => Boolean(locate(node, id));

/** Every condition and linked thing of the tree. */
export function leavesOf(node) {
  if (node.kind === "condition") return [node];
  const inside = innerOf(node).items.flatMap(leavesOf);
  return node.kind === "link" ? [node, ...inside] : inside;
}

/** The steps back and forth; typing in one place is one step. */
export class TreeHistory {
  past = [];
  future = [];
  typing = "";

  /** Keep the state before a change. */
  keep(root, typing = "") {
    if (!typing || typing !== this.typing) this.past.push(structuredClone(root));
    this.typing = typing;
    this.future = [];
    if (this.past.length > 200) this.past.shift();
  }

  /** The state to go to, or nothing when there is none. */
  step(root, back) {
    const [from, to] = back ? [this.past, this.future] : [this.future, this.past];
    if (!from.length) return null;
    to.push(structuredClone(root));
    this.typing = "";
    return from.pop();
  }
}
