// Editing in place, in a cell of a list or beside a fact of a record: the server sends a small form, Enter saves, Esc gives back.
import { find } from "./dom.js";

const before = new WeakMap();

/** The address of a cell's form: a list cell's comes from its row and column, a fact carries its own. */
function addressOf(holder) {
  if (holder.dataset.editUrl) return holder.dataset.editUrl;
  const row = holder.closest("tr");
  const field = holder.closest("table").tHead.rows[0].cells[holder.cellIndex].dataset.edit;
  return field ? `${row.dataset.url}edit/${field}/?cell=1` : "";
}

export async function edit(holder) {
  const address = addressOf(holder);
  if (!address || before.has(holder)) return;
  before.set(holder, [...holder.childNodes]);
  holder.dataset.cell = "";
  await window.htmx.ajax("GET", address, { source: holder, target: holder, swap: "innerHTML" });
  const control = find(".cell-form :is(input:not([type=hidden]), select, textarea)", holder);
  if (!control) return giveBack(holder);
  holder.classList.add("editing");
  control.focus();
  control.select?.();
}

function giveBack(holder) {
  const nodes = before.get(holder);
  before.delete(holder);
  holder.classList.remove("editing");
  if (nodes) holder.replaceChildren(...nodes);
  holder.tabIndex = -1;
  holder.focus({ preventScroll: true });
}

document.addEventListener("desk:edit", (event) => edit(event.target));
document.addEventListener("dblclick", (event) => {
  const cell = event.target.closest("data-grid tbody td");
  if (!cell || !find("thead tr", cell.closest("table")).cells[cell.cellIndex].hasAttribute("data-edit")) return;
  event.preventDefault();
  getSelection()?.removeAllRanges();
  edit(cell);
});
document.addEventListener("click", (event) => {
  const pencil = event.target.closest?.("[data-edit-fact]");
  if (!pencil) return;
  event.preventDefault();
  edit(pencil.closest("[data-edit-url]"));
});
document.addEventListener(
  "keydown",
  (event) => {
    const form = event.target.closest?.(".cell-form");
    if (!form) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      giveBack(form.closest("[data-cell]"));
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      form.requestSubmit();
    }
  },
  true,
);
// A choice or a tick is one gesture: it is saved when made.
document.addEventListener("change", (event) => {
  if (event.target.matches?.(".cell-form select:not([multiple]), .cell-form [type=checkbox]")) {
    event.target.form.requestSubmit();
  }
});
document.addEventListener("focusout", (event) => {
  const form = event.target.closest?.(".cell-form");
  if (!form || form.matches(".htmx-request") || find(".problem", form)) return;
  // Leaving an untouched cell closes it; a touched one is saved, as a spreadsheet does.
  setTimeout(() => {
    if (!form.isConnected || form.contains(document.activeElement) || form.matches(".htmx-request")) return;
    const control = find("input:not([type=hidden]), select, textarea", form);
    const touched = control.value !== (control.defaultValue ?? control.value);
    if (touched) form.requestSubmit();
    else giveBack(form.closest("[data-cell]"));
  });
});
// After saving, the server's answer is the cell's new content; no form in it means it was kept.
document.addEventListener("htmx:after:swap", (event) => {
  const holder = event.detail?.ctx?.target;
  if (!holder?.matches?.("[data-cell]") || event.detail.ctx.request.method === "GET") return;
  const refused = find(".cell-form", holder);
  if (refused) return find("[aria-invalid], .input, .select, .textarea", refused)?.focus();
  before.delete(holder);
  holder.classList.remove("editing");
  holder.dataset.saved = "";
  holder.tabIndex = -1;
  holder.focus({ preventScroll: true });
  setTimeout(() => delete holder.dataset.saved, 1600);
});
