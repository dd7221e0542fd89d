// <data-grid>: picking rows (ranges, across pages, everything that matches) and walking them by keyboard.
import { fill, find, findAll, formatNumber, isTyping, somethingOpen } from "./dom.js";
import { hiddenInput, openRowMenu } from "./menus.js";
import { rememberList } from "./returning.js";

class DataGrid extends HTMLElement {
  picked = new Set();
  everything = false;
  lastPicked = null;
  row = -1;
  cell = -1;

  connectedCallback() {
    this.leave = new AbortController();
    const { signal } = this.leave;
    this.addEventListener("click", (event) => this.onClick(event), { signal });
    this.addEventListener("change", (event) => this.onChange(event), { signal });
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
    document.addEventListener("htmx:after:swap", () => this.afterSwap(), { signal });
    document.addEventListener("desk:picked-done", () => this.clear(), { signal });
    this.watchScroll();
    this.markLastOpened();
  }

  disconnectedCallback() {
    this.leave.abort();
  }

  get rows() {
    return findAll("tbody tr[data-id]", this);
  }

  get count() {
    return this.everything ? find("table", this)?.getAttribute("aria-rowcount") : this.picked.size;
  }

  // The name column gets its shadow only once the table is scrolled sideways.
  watchScroll() {
    const table = find(".sheet-table", this);
    table?.addEventListener("scroll", () => table.classList.toggle("scrolled", Math.abs(table.scrollLeft) > 2), {
      passive: true,
      signal: this.leave.signal,
    });
  }

  // Coming back from a record, the row one left is marked.
  markLastOpened() {
    const id = sessionStorage.getItem(`opened:${location.pathname}`);
    const at = id ? this.rows.findIndex((row) => row.dataset.id === id) : -1;
    if (at >= 0) this.moveTo(at, { focus: false });
  }

  afterSwap() {
    if (!this.isConnected) return;
    this.row = this.rows.findIndex((row) => row.contains(document.activeElement));
    this.paint();
  }

  onClick(event) {
    const box = event.target.closest("tbody .pick input");
    if (box) this.pick(box.closest("tr"), box.checked, event.shiftKey);
    if (event.target.closest(".bulk .all")) {
      this.everything = true;
      this.paint();
    }
    if (event.target.closest(".bulk .clear")) this.clear();
    const link = event.target.closest("tbody .name > a");
    if (link) rememberList(link.closest("tr").dataset.id);
  }

  onChange(event) {
    const box = event.target.closest("thead .pick input");
    if (!box) return;
    if (this.everything && !box.checked) return this.clear();
    for (const row of this.rows) this.mark(row, box.checked);
    this.paint();
  }

  mark(row, on) {
    if (on) this.picked.add(row.dataset.id);
    else this.picked.delete(row.dataset.id);
  }

  pick(row, on, isRange) {
    const rows = this.rows;
    const at = rows.indexOf(row);
    if (this.everything) {
      // From "everything" to a hand-picked set: start with what one can see.
      this.everything = false;
      for (const seen of rows) this.mark(seen, true);
    }
    if (isRange && this.lastPicked != null) {
      const [first, last] = [this.lastPicked, at].sort((a, b) => a - b);
      for (const between of rows.slice(first, last + 1)) this.mark(between, on);
    } else {
      this.mark(row, on);
    }
    this.lastPicked = at;
    this.paint();
  }

  clear() {
    this.picked.clear();
    this.everything = false;
    this.lastPicked = null;
    this.paint();
  }

  /** Show the selection, and put picked rows of other pages into the form that the bulk verbs send. */
  paint() {
    const rows = this.rows;
    const here = new Set();
    let on = 0;
    for (const row of rows) {
      const isPicked = this.everything || this.picked.has(row.dataset.id);
      here.add(row.dataset.id);
      on += isPicked;
      row.setAttribute("aria-selected", isPicked);
      row.classList.toggle("at", rows[this.row] === row);
      find(".pick input", row).checked = isPicked;
    }
    const head = find("thead .pick input", this);
    if (head) {
      head.checked = on > 0 && on === rows.length;
      head.indeterminate = on > 0 && on < rows.length;
    }
    const bar = find(".bulk", this);
    if (!bar) return;
    bar.classList.toggle("open", this.everything || this.picked.size > 0);
    find("output", bar).textContent = fill(bar.dataset.selected, formatNumber(this.count || 0));
    const all = find(".all", bar);
    if (all) all.hidden = this.everything || rows.length === 0;
    const elsewhere = this.everything
      ? [hiddenInput("everything", "1")]
      : [...this.picked].filter((id) => !here.has(id)).map((id) => hiddenInput("id", id));
    find(".elsewhere", bar).replaceChildren(...elsewhere);
  }

  moveTo(index, { focus = true } = {}) {
    const rows = this.rows;
    if (!rows.length) return;
    rows[this.row]?.classList.remove("at");
    this.row = Math.max(0, Math.min(index, rows.length - 1));
    const row = rows[this.row];
    row.classList.add("at");
    row.scrollIntoView({ block: "nearest" });
    if (!focus) return;
    const target = this.cell >= 0 ? row.cells[this.cell] : row;
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
  }

  /** Walk the cells of the marked row; -1 is the row itself. */
  moveAcross(step) {
    const row = this.rows[this.row];
    if (!row) return this.moveTo(0);
    const rightToLeft = getComputedStyle(this).direction === "rtl";
    this.cell = Math.max(-1, Math.min(this.cell + (rightToLeft ? -step : step), row.cells.length - 1));
    if (this.cell === 0) this.cell = step > 0 !== rightToLeft ? 1 : -1;
    this.moveTo(this.row);
    row.cells[this.cell]?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  onKey(event) {
    if (event.key === "Escape" && !somethingOpen() && !event.defaultPrevented && !isTyping(event)) return this.escape();
    if (isTyping(event) || somethingOpen() || event.target.closest?.(".menu, .bulk, .side")) return;
    const row = this.rows[this.row];
    const inControl = event.target.closest?.("button, a, input");
    const moves = {
      "/": () => find("#q", this)?.focus(),
      j: () => this.moveTo(this.row + 1),
      ArrowDown: () => this.moveTo(this.row + 1),
      k: () => this.moveTo(this.row - 1),
      ArrowUp: () => this.moveTo(this.row - 1),
      ArrowRight: () => !inControl && this.moveAcross(1),
      ArrowLeft: () => !inControl && this.moveAcross(-1),
      Home: () => this.moveTo(0),
      End: () => this.moveTo(Infinity),
      x: () => row && this.pick(row, !this.picked.has(row.dataset.id), false),
      X: () => row && this.pick(row, !this.picked.has(row.dataset.id), true),
      " ": () => row && !inControl && this.pick(row, !this.picked.has(row.dataset.id), event.shiftKey),
      e: () => row && this.startEdit(row),
      F2: () => row && this.startEdit(row),
      m: () => row && openRowMenu(find("[data-row-menu]", row)),
      Enter: () => row && !inControl && this.enter(row),
    };
    const move = moves[event.key];
    if (!move || (inControl && [" ", "Enter"].includes(event.key))) return;
    event.preventDefault();
    move();
  }

  escape() {
    if (this.cell >= 0) {
      this.cell = -1;
      return this.moveTo(this.row);
    }
    this.clear();
  }

  enter(row) {
    const cell = row.cells[this.cell];
    if (cell && this.isEditable(cell)) return this.startEdit(row);
    find(".name > a", row)?.click();
  }

  isEditable(cell) {
    return find("thead tr", this)?.cells[cell.cellIndex]?.hasAttribute("data-edit");
  }

  startEdit(row) {
    const cell = this.cell >= 1 ? row.cells[this.cell] : [...row.cells].find((each) => this.isEditable(each));
    if (cell && this.isEditable(cell)) {
      this.cell = cell.cellIndex;
      cell.dispatchEvent(new CustomEvent("desk:edit", { bubbles: true }));
    }
  }
}

customElements.define("data-grid", DataGrid);
