// Saved views: widths and row height go along when a view is saved, and a change of them counts as a change of the view.
import { find, findAll } from "./dom.js";

const DENSITY_NAMES = { "": "normal" };
const lookOf = () => ({
  widths: JSON.stringify(find("column-chooser")?.widths ?? {}),
  density: DENSITY_NAMES[document.documentElement.dataset.density] ?? document.documentElement.dataset.density,
});

function sameWidths(one, other) {
  const [first, second] = [JSON.parse(one || "{}"), JSON.parse(other || "{}")];
  const names = new Set([...Object.keys(first), ...Object.keys(second)]);
  return [...names].every((name) => first[name] === second[name]);
}

/** The server knows of conditions, columns and order; what only this browser knows is compared here. */
function markEdited() {
  const form = find(".view-edited");
  if (!form) return;
  const look = lookOf();
  const moved = form.dataset.density && form.dataset.density !== look.density;
  const wider = !sameWidths(form.dataset.widths, look.widths);
  if (moved || wider) form.hidden = false;
  else if (!form.hasAttribute("data-edited")) form.hidden = true;
}

document.addEventListener("desk:look", markEdited);
document.addEventListener("htmx:after:swap", markEdited);
document.addEventListener(
  "submit",
  (event) => {
    if (!event.target.matches?.("[data-view-look]")) return;
    for (const [name, value] of Object.entries(lookOf())) {
      const field = event.target.elements[name];
      if (field) field.value = value;
    }
  },
  true,
);
document.addEventListener("click", (event) => {
  const key = event.target.closest?.("[data-view-reset]")?.closest("form").dataset.viewKey;
  if (!key) return;
  try {
    localStorage.removeItem(`density:${key}`);
    localStorage.removeItem(`widths:${find("column-chooser").dataset.resource}`);
  } catch {
    // Storage is switched off: nothing was kept.
  }
});

/** Tabs that do not fit beside each other are scrolled to the current one. */
export function showCurrentTab() {
  for (const current of findAll(".tabs > [aria-current]")) {
    const [all, one] = [current.parentElement, current].map((element) => element.getBoundingClientRect());
    current.parentElement.scrollLeft += Math.max(0, one.right + 24 - all.right) + Math.min(0, one.left - 24 - all.left);
  }
}
