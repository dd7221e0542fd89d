// What one can ask of the list's records: fields, comparisons, values, linked things. Fetched when first needed.
import { find } from "./dom.js";

const OPENERS = "[data-builder], [data-chip-part], [popovertarget='filter-editor'], [popovertarget='query-text']";
let asked = null;

/** The catalogue of this page's list; once a page. */
export function catalogueOf(page = find("#filter-builder")) {
  asked ??= fetch(`${page.dataset.url}fields/`)
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
    .catch((problem) => {
      asked = null;
      throw problem;
    });
  return asked;
}
// Pointing at a filter button is a good moment to begin.
document.addEventListener("pointerover", (event) => {
  if (!asked && event.target.closest?.(OPENERS) && find("#filter-builder")) catalogueOf().catch(() => {});
});
