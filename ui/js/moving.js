// Moving a part of the filter to another place: by pointer, and step by step by keys.
import { make } from "./dom.js";
import { contains, linkAround, locate } from "./tree.js";

/** May this part go into that group? The conditions of a linked thing stay with it. */
function mayGo(root, node, group) {
  if (contains(node, group.id)) return false;
  return linkAround(root, node.id)?.link?.id === linkAround(root, group.id)?.link?.id;
}

/** Take a part out of its group and put it into another one before the part at `at`. */
export function moveTo(root, id, groupId, at) {
  const { node, parent } = locate(root, id);
  const { node: group } = locate(root, groupId);
  if (!parent || !mayGo(root, node, group)) return false;
  const from = parent.items.indexOf(node);
  if (parent === group && (at === from || at === from + 1)) return false;
  parent.items.splice(from, 1);
  group.items.splice(parent === group && from < at ? at - 1 : at, 0, node);
  return true;
}

/** Where one step up, down, out or in leads: the group and the place in it, or nothing. */
export function stepFor(root, id, way) {
  const { node, parent } = locate(root, id);
  if (!parent) return null;
  const at = parent.items.indexOf(node);
  const [before, after] = [parent.items[at - 1], parent.items[at + 1]];
  if (way === "up" && before) return { group: parent, at: at - 1 };
  if (way === "down" && after) return { group: parent, at: at + 2 };
  if (way === "in") {
    if (before?.kind === "group") return { group: before, at: before.items.length };
    return after?.kind === "group" ? { group: after, at: 0 } : null;
  }
  const above = locate(root, parent.id);
  if (!above.parent || above.link) return null; // at the top, or among the conditions of a linked thing
  const place = above.parent.items.indexOf(parent);
  return { group: above.parent, at: way === "up" ? place : place + 1 };
}

/** Carry the part under the pointer until it is let go; calls `drop(groupId, at)` where it may stay. */
export function carry(event, { item, tree, root, drop }) {
  event.preventDefault();
  const id = item.dataset.item;
  const { node } = locate(root, id);
  const line = make("li", { class: "fb-drop", "aria-hidden": "true" });
  const drag = new AbortController();
  const from = { x: event.clientX, y: event.clientY };
  let place = null;
  const look = (x, y) => {
    const list = document.elementFromPoint(x, y)?.closest(".fb-group, .fb-link")?.querySelector(".fb-items");
    const group = list && tree.contains(list) && locate(root, list.parentElement.dataset.node)?.node;
    if (!group || !mayGo(root, node, group)) return null;
    const items = [...list.children].filter((one) => one.matches(".fb-item"));
    const next = items.find((one) => {
      const edge = one.getBoundingClientRect();
      return y < edge.top + edge.height / 2;
    });
    return { group, list, next, at: next ? items.indexOf(next) : items.length };
  };
  const move = (moved) => {
    if (!place && Math.hypot(moved.clientX - from.x, moved.clientY - from.y) < 4) return;
    item.classList.add("moving");
    const edge = tree.getBoundingClientRect();
    if (moved.clientY < edge.top + 32) tree.scrollTop -= 12;
    if (moved.clientY > edge.bottom - 32) tree.scrollTop += 12;
    place = look(moved.clientX, moved.clientY) ?? place;
    if (!place) return;
    if (place.next) place.next.before(line);
    else place.list.append(line);
  };
  const end = (kept) => {
    drag.abort();
    line.remove();
    item.classList.remove("moving");
    if (kept && place) drop(place.group.id, place.at);
  };
  const { signal } = drag;
  document.addEventListener("pointermove", move, { signal });
  document.addEventListener("pointerup", () => end(true), { signal });
  document.addEventListener("pointercancel", () => end(false), { signal });
  document.addEventListener(
    "keydown",
    (pressed) => {
      if (pressed.key !== "Escape") return;
      pressed.preventDefault();
      pressed.stopPropagation();
      end(false);
    },
    { signal, capture: true },
  );
}
