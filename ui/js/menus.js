// Menus are popovers in the top layer; this places them beside their button and lets arrow keys walk them.
import { find, findAll, make } from "./dom.js";

/** Put an open popover below its button, or above when there is no room, always inside the window. */
export function placeMenu(menu, button) {
  const edge = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const rightToLeft = getComputedStyle(menu).direction === "rtl";
  const startsAt = rightToLeft ? edge.right - width : edge.left;
  const below = edge.bottom + 4;
  const fitsBelow = below + height <= innerHeight - 8 || edge.top - height - 4 < 8;
  menu.style.left = `${Math.max(8, Math.min(startsAt, innerWidth - width - 8))}px`;
  menu.style.top = `${fitsBelow ? Math.min(below, Math.max(8, innerHeight - height - 8)) : edge.top - height - 4}px`;
}

document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.(".menu") || event.newState !== "open") return;
    const selector = `[popovertarget="${menu.id}"]`;
    const button = menu.invoker || document.activeElement?.closest(selector) || find(selector);
    if (button) placeMenu(menu, button);
    find("input:not([type=hidden]), button, a, [tabindex]", menu)?.focus({ preventScroll: true });
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu");
  if (
    !menu ||
    !/^Arrow(Up|Down)$/.test(event.key) ||
    event.altKey ||
    event.target.matches("select, [type=number], [type=date]")
  )
    return;
  const stops = findAll(".menu-item:not([hidden])", menu).map((item) =>
    item.matches("a, button") ? item : find("input, button, a", item),
  );
  if (!stops.length) return;
  event.preventDefault();
  const step = event.key === "ArrowDown" ? 1 : -1;
  stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length]?.focus();
});

// A menu with a search field narrows its items while one types.
document.addEventListener("input", (event) => {
  if (!event.target.matches(".find-in")) return;
  const menu = event.target.closest(".menu");
  const words = event.target.value.toLowerCase().split(/\s+/);
  const items = findAll(".menu-item[data-narrow]", menu);
  for (const item of items) {
    const text = item.textContent.toLowerCase();
    item.hidden = !words.every((word) => text.includes(word));
  }
  for (const group of findAll("[role=group]", menu)) group.hidden = !find(".menu-item:not([hidden])", group);
  const none = find(".none", menu);
  if (none) none.hidden = items.some((item) => !item.hidden);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.(".find-in")) return;
  event.preventDefault();
  const item = find(".menu-item[data-narrow]:not([hidden])", event.target.closest(".menu"));
  (item?.matches("label") ? find("input", item) : item)?.click();
});

// A menu closes once one of its links or verbs was chosen.
document.addEventListener("click", (event) => {
  const item = event.target.closest?.(".menu a.menu-item, .menu button.menu-item:not([data-stays])");
  item?.closest(".menu")?.hidePopover?.();
});

// One menu serves the "more" button of every row; the server says what fits the row.
export async function openRowMenu(button) {
  const menu = find("#row-menu");
  menu.replaceChildren();
  await window.htmx.ajax("GET", `${button.closest("tr").dataset.url}menu/`, { source: button, target: menu });
  if (!menu.childElementCount) return;
  menu.invoker = button;
  menu.showPopover();
}
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-row-menu]");
  if (!button || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  openRowMenu(button);
});
// A small form in a menu closes it when it is sent.
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-closes]")) queueMicrotask(() => event.target.closest("[popover]")?.hidePopover());
});

// One dialog serves every fragment the server sends into it; it opens when filled and closes when told.
function openFilledDialog(event) {
  const dialog = find("#dialog");
  if (dialog && event.target instanceof Node && (event.target === dialog || dialog.contains(event.target))) {
    if (dialog.childElementCount && !dialog.open) dialog.showModal();
  }
}
document.addEventListener("htmx:after:settle", openFilledDialog);
document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail?.ctx?.target?.id === "dialog") openFilledDialog({ target: find("#dialog") });
});
document.addEventListener("desk:close", () => find("#dialog")?.close());
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-open-dialog]");
  if (opener) find(`#${opener.dataset.openDialog}`)?.showModal();
  if (event.target.closest?.("[data-close-dialog]") || event.target.matches?.("dialog[open]")) {
    event.target.closest("dialog")?.close();
  }
});
document.addEventListener("close", (event) => event.target.id === "dialog" && event.target.replaceChildren(), true);

/** A hidden form field. */
export const hiddenInput = (name, value) => make("input", { type: "hidden", name, value });
