// <column-chooser>: which columns, in which order, how wide. The URL says which; the server and this browser remember.
import { find, findAll, remember } from "./dom.js";
import { csrfHeader, openList } from "./requests.js";

class ColumnChooser extends HTMLElement {
  connectedCallback() {
    this.leave = new AbortController();
    const { signal } = this.leave;
    this.sheet ??= new CSSStyleSheet();
    document.adoptedStyleSheets.push(this.sheet);
    this.widths = { ...this.savedWidths(), ...remember.get(this.key, {}) };
    this.addEventListener("change", () => this.choose(), { signal });
    this.addEventListener("click", (event) => this.onClick(event), { signal });
    this.addEventListener("keydown", (event) => this.onKey(event), { signal });
    this.addEventListener("pointerdown", (event) => this.onDrag(event), { signal });
    document.addEventListener("pointerdown", (event) => this.onEdge(event), { signal });
    document.addEventListener("dblclick", (event) => this.onEdgeDoubleClick(event), { signal });
    document.addEventListener("keydown", (event) => this.onEdgeKey(event), { signal });
    document.addEventListener("htmx:after:swap", () => this.paint(), { signal });
    this.paint();
  }

  disconnectedCallback() {
    this.leave.abort();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== this.sheet);
  }

  get key() {
    return `widths:${this.dataset.resource}`;
  }

  get heads() {
    return findAll("data-grid thead th[data-column]");
  }

  savedWidths() {
    const widths = {};
    for (const head of this.heads) if (head.dataset.width) widths[head.dataset.column] = Number(head.dataset.width);
    return widths;
  }

  // ---- which and in which order

  get chosen() {
    return findAll("input[type=checkbox]:checked", this).map((box) => box.value);
  }

  choose() {
    const columns = this.chosen.join(",");
    clearTimeout(this.soon);
    this.soon = setTimeout(() => {
      openList({ columns });
      this.save({ columns });
    }, 180);
  }

  onClick(event) {
    const reset = event.target.closest("[data-reset]");
    if (!reset) return;
    event.preventDefault();
    this.widths = {};
    remember.set(this.key, {});
    this.paint();
    const defaults = (reset.dataset.reset || "").split(",");
    for (const box of findAll("input[type=checkbox]", this)) box.checked = box.disabled || defaults.includes(box.value);
    const items = findAll("[data-column-item]", this);
    const place = (item) => {
      const at = defaults.indexOf(find("input", item).value);
      return at < 0 ? items.length : at;
    };
    items[0]?.parentElement.append(...items.sort((a, b) => place(a) - place(b)));
    // The list without columns in its address shows what the server remembers, so that must be gone first.
    this.save({ columns: "", widths: "{}" }).then(() => openList({ columns: "" }));
  }

  onKey(event) {
    const item = event.target.closest("[data-column-item]");
    if (!item || !event.altKey || !/^Arrow(Up|Down)$/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const focused = document.activeElement;
    if (event.key === "ArrowUp") item.previousElementSibling?.before(item);
    else item.nextElementSibling?.after(item);
    focused.focus();
    this.choose();
  }

  onDrag(event) {
    const grip = event.target.closest(".grip");
    if (!grip) return;
    event.preventDefault();
    const item = grip.closest("[data-column-item]");
    item.classList.add("moving");
    // Moving an element ends its pointer capture, so the document listens instead.
    const drag = new AbortController();
    const move = (moved) => {
      const over = document.elementFromPoint(moved.clientX, moved.clientY)?.closest("[data-column-item]");
      if (!over || over === item || over.parentElement !== item.parentElement) return;
      const edge = over.getBoundingClientRect();
      if (moved.clientY > edge.top + edge.height / 2) over.after(item);
      else over.before(item);
    };
    const drop = () => {
      drag.abort();
      item.classList.remove("moving");
      this.choose();
    };
    document.addEventListener("pointermove", move, { signal: drag.signal });
    for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, drop, { signal: drag.signal });
  }

  // ---- how wide

  setWidth(column, width, keep) {
    if (width) this.widths[column] = Math.round(Math.max(56, Math.min(640, width)));
    else delete this.widths[column];
    this.paint();
    if (!keep) return;
    remember.set(this.key, this.widths);
    this.save({ widths: JSON.stringify(this.widths) });
  }

  onEdge(event) {
    const edge = event.target.closest?.("thead .edge");
    if (!edge) return;
    event.preventDefault();
    const head = edge.closest("th");
    const startsAt = event.clientX;
    const width = head.offsetWidth;
    const direction = getComputedStyle(head).direction === "rtl" ? -1 : 1;
    const wanted = (moved) => width + (moved.clientX - startsAt) * direction;
    let latest = 0;
    const move = (moved) => {
      latest = wanted(moved);
      this.setWidth(head.dataset.column, latest, false);
    };
    edge.setPointerCapture(event.pointerId);
    edge.classList.add("dragging");
    edge.addEventListener("pointermove", move);
    edge.addEventListener(
      "lostpointercapture",
      () => {
        edge.removeEventListener("pointermove", move);
        edge.classList.remove("dragging");
        if (latest) this.setWidth(head.dataset.column, latest, true);
      },
      { once: true },
    );
  }

  onEdgeDoubleClick(event) {
    const edge = event.target.closest?.("thead .edge");
    if (edge) this.setWidth(edge.closest("th").dataset.column, 0, true);
  }

  onEdgeKey(event) {
    if (!event.target.matches?.("thead .edge") || !/^Arrow(Left|Right)$/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const head = event.target.closest("th");
    const wider = (event.key === "ArrowRight") === (getComputedStyle(head).direction !== "rtl");
    this.setWidth(head.dataset.column, head.offsetWidth + (wider ? 16 : -16), true);
  }

  // ---- show and keep

  paint() {
    const rules = this.heads
      .filter((head) => this.widths[head.dataset.column])
      .map((head) => {
        const width = this.widths[head.dataset.column];
        const cell = `:is(td,th):nth-child(${head.cellIndex + 1})`;
        return `.sheet-table ${cell}{width:${width}px;min-width:${width}px;max-width:${width}px}`;
      });
    this.sheet.replaceSync(rules.length ? `@media (width>=720px){${rules.join("")}}` : "");
    document.dispatchEvent(new CustomEvent("desk:look"));
  }

  async save(layout) {
    if (!this.dataset.layoutUrl) return;
    const body = new URLSearchParams(layout);
    await fetch(this.dataset.layoutUrl, { method: "POST", body, headers: csrfHeader(), keepalive: true }).catch(() => {
      // Offline: this browser remembers, the server learns at the next change.
    });
  }
}

customElements.define("column-chooser", ColumnChooser);
