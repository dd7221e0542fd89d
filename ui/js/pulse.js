// <live-pulse>: asks every few seconds what others changed, and draws anew only that. What one types, ticks, has the
// focus in or has scrolled to stays as it is; rows never move under the pointer unasked.
import { fill, find, findAll, formatNumber } from "./dom.js";
import { openList } from "./requests.js";

const SLOWEST = 60_000;
const MARKED_FOR = 30_000;
const TYPED_IN = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

/** The server did not answer; a fault of ours is another kind of error and stays loud. */
class NoAnswer extends Error {}

async function read(address, { headers, signal }) {
  try {
    const answer = await fetch(address, { headers, signal });
    if (answer.status < 500) return { answer, text: await answer.text() };
  } catch {
    // No network, or the page is being left.
  }
  throw new NoAnswer(address);
}

/** Somebody is at work in there: typing, or with a menu or a small form open. */
function isBusy(part) {
  const focused = document.activeElement;
  if (part.contains(focused) && focused.matches(TYPED_IN)) return true;
  return Boolean(find(".cell-form, :popover-open, details[open]", part));
}

/** Give a part the content of its fresh twin; a link or button in it that had the focus gets it back. */
function replaceContent(part, fresh) {
  const stops = "a, button, [tabindex]";
  const at = findAll(stops, part).indexOf(document.activeElement);
  part.className = fresh.className;
  part.replaceChildren(...fresh.childNodes);
  window.htmx.process(part);
  if (at >= 0) findAll(stops, part)[at]?.focus({ preventScroll: true });
}

// Each drawing of a form carries another token; that is no change.
const contentOf = (part) => part.innerHTML.replace(/(name="csrfmiddlewaretoken" value=")[^"]*/g, "$1");

/** Draw a part anew unless somebody is at work in it; then only the parts of it where nobody is. */
function freshen(part, fresh, skipped) {
  if (contentOf(part) === contentOf(fresh)) return;
  if (!isBusy(part)) return replaceContent(part, fresh);
  const inner = findAll("[data-live]", part);
  if (!inner.length) return skipped.add(part);
  for (const one of inner) {
    const twin = find(`[data-live="${CSS.escape(one.dataset.live)}"]`, fresh);
    if (twin) freshen(one, twin, skipped);
  }
}

function mark(element) {
  element.dataset.changed = "";
  setTimeout(() => delete element.dataset.changed, MARKED_FOR);
}

const idsOf = (root) => findAll("tbody tr[data-id]", root).map((row) => row.dataset.id);
const headsOf = (root) => findAll("thead th[data-column]", root).map((head) => head.dataset.column);
/** Which parts a record has, and whether one can write about it: others come and go with what it is. */
const outlineOf = (root) => [
  ...findAll("[data-live]", root)
    .filter((part) => !part.parentElement.closest("[data-live]"))
    .map((part) => part.dataset.live),
  ...findAll("form[data-guard]", root).map((form) => form.getAttribute("action")),
];
const isSame = (one, other) => one.length === other.length && one.every((value, at) => value === other[at]);

class LivePulse extends HTMLElement {
  connectedCallback() {
    this.leave = new AbortController();
    const { signal } = this.leave;
    this.cursor ??= this.dataset.cursor;
    this.every = Number(this.dataset.every);
    this.wait = this.every;
    this.changed ??= new Set();
    this.skipped ??= new Set();
    this.status = find("[role=status]", this);
    document.addEventListener("visibilitychange", () => this.beat(), { signal });
    document.addEventListener("htmx:after:swap", (event) => this.afterSwap(event), { signal });
    this.addEventListener("click", (event) => this.onClick(event), { signal });
    this.plan();
  }

  disconnectedCallback() {
    this.leave.abort();
    clearTimeout(this.timer);
    clearInterval(this.clock);
  }

  plan() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.beat(), this.wait);
  }

  /** One look. Only a page that is seen asks; faults make the pauses longer. */
  async beat() {
    if (document.hidden || this.asking || !this.isConnected) return;
    clearTimeout(this.timer);
    this.asking = true;
    try {
      await this.ask();
      this.wait = this.every;
    } catch (error) {
      if (!(error instanceof NoAnswer)) reportError(error);
      this.wait = Math.min(this.wait * 2, SLOWEST);
    }
    this.asking = false;
    if (!this.ended && this.isConnected) this.plan();
  }

  async ask() {
    const address = `${this.dataset.url}&since=${encodeURIComponent(this.cursor)}`;
    const { answer, text } = await read(address, { headers: { "HX-Request": "true" }, signal: this.leave.signal });
    // Signed out, or no longer allowed in here: the next click says so, this need not go on.
    if (answer.headers.has("HX-Redirect") || [401, 403, 404].includes(answer.status)) return (this.ended = true);
    if (!answer.ok) throw new NoAnswer(address);
    const told = answer.status === 204 ? null : JSON.parse(text);
    const freed = this.skipped.size > 0 && [...this.skipped].every((part) => !part.isConnected || !isBusy(part));
    if (told || freed) {
      const at = location.href;
      this.skipped.clear();
      await this.refresh(told ?? { records: [], lines: [] });
      if (location.href !== at) return;
    }
    this.cursor = answer.headers.get("Pulse-Cursor") ?? this.cursor;
  }

  refresh(told) {
    if (this.dataset.mode === "list") return this.refreshList(told);
    this.say(told.lines ?? []);
    return this.dataset.mode === "record" ? this.refreshRecord(told.lines ?? []) : this.markForm(told.lines ?? []);
  }

  async page(headers = {}) {
    const { answer, text } = await read(location.href, { headers, signal: this.leave.signal });
    return { answer, page: new DOMParser().parseFromString(text, "text/html") };
  }

  // ---- a list

  async refreshList(told) {
    const at = location.href;
    const { page } = await this.page({ "HX-Request": "true" });
    const [list, fresh] = [find("#results"), find("#results", page)];
    if (location.href !== at || !list) return;
    for (const id of told.records) this.changed.add(id);
    const [before, after] = fresh ? [idsOf(list), idsOf(fresh)] : [[], []];
    if (!fresh || !isSame(before, after) || !isSame(headsOf(list), headsOf(fresh))) this.offer(before, after);
    else this.withdraw();
    if (!fresh || !isSame(headsOf(list), headsOf(fresh))) return;
    for (const row of findAll("tbody tr[data-id]", list)) {
      const twin = find(`tbody tr[data-id="${CSS.escape(row.dataset.id)}"]`, fresh);
      if (twin) this.freshenRow(row, twin, told.records.includes(row.dataset.id));
    }
    if (!isSame(before, after)) return;
    for (const part of [".head .count", ".tabs", ".pager > span"]) {
      const [one, twin] = [find(part, list), find(part, fresh)];
      if (one && twin && one.innerHTML !== twin.innerHTML) replaceContent(one, twin);
    }
  }

  freshenRow(row, twin, isMarked) {
    [...row.cells].forEach((cell, at) => {
      const fresh = twin.cells[at];
      if (cell.matches(".pick, .row-more") || !fresh || cell.innerHTML === fresh.innerHTML) return;
      if (isBusy(cell)) return this.skipped.add(cell);
      replaceContent(cell, fresh);
      if (isMarked) mark(cell);
    });
  }

  /** The order would change: say so, and let the person choose the moment. */
  offer(before, after) {
    const seen = new Set([...before, ...after]);
    const count = [...this.changed].filter((id) => seen.has(id)).length || 1;
    this.status.textContent = count === 1 ? this.dataset.one : fill(this.dataset.many, formatNumber(count));
    find("[data-pulse-show]", this).hidden = false;
    this.classList.add("open");
  }

  withdraw() {
    this.changed.clear();
    clearInterval(this.clock);
    this.status.textContent = "";
    for (const button of findAll("button", this)) button.hidden = true;
    this.classList.remove("open");
  }

  afterSwap(event) {
    if (this.dataset.mode === "list" && event.detail?.ctx?.target?.id === "results") this.withdraw();
  }

  onClick(event) {
    if (event.target.closest("[data-pulse-show]")) openList();
    if (event.target.closest("[data-pulse-hide]")) this.withdraw();
  }

  // ---- a record

  async refreshRecord(lines) {
    const { answer, page } = await this.page();
    if (!answer.ok || answer.redirected) {
      this.ended = true;
      this.status.textContent = this.dataset.gone;
      this.classList.add("open");
      return;
    }
    this.draw(page);
    for (const line of lines) {
      for (const name of line.fields) {
        const fact = find(`[data-live="fact:${CSS.escape(name)}"]`);
        if (!fact) continue;
        mark(fact);
        const form = find(".cell-form", fact);
        if (form) this.note(form, line.who);
      }
    }
  }

  draw(page) {
    for (const part of findAll("[data-live]")) {
      // A part within another one was drawn with it, and may be gone by now.
      if (!part.isConnected || part.parentElement.closest("[data-live]")) continue;
      const twin = find(`[data-live="${CSS.escape(part.dataset.live)}"]`, page);
      if (twin) freshen(part, twin, this.skipped);
    }
  }

  /** Draw the record anew after what one did oneself. False when the page has to be opened anew for it. */
  async redraw() {
    try {
      const { answer, page } = await this.page();
      if (!answer.ok || answer.redirected || !isSame(outlineOf(document), outlineOf(page))) return false;
      this.draw(page);
      return true;
    } catch (error) {
      if (error instanceof NoAnswer) return false;
      throw error;
    }
  }

  /** A form that is open is left alone, but says what others changed; saving merges field by field. */
  markForm(lines) {
    for (const line of lines) {
      for (const name of line.fields) {
        const field = find(`#id-${CSS.escape(name)}`)?.closest(".field");
        if (field) this.note(field, line.who);
      }
    }
  }

  note(holder, who) {
    const text = fill(this.dataset.meanwhile, who);
    const noted = find(".pulse-note", holder) ?? holder.appendChild(document.createElement("p"));
    noted.className = "pulse-note";
    noted.textContent = text;
  }

  /** "Anna changed Phone 12 seconds ago", quietly, for as long as it is news. */
  say(lines) {
    const latest = lines.at(-1);
    if (!latest) return;
    const language = document.documentElement.lang || undefined;
    const words = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "long" });
    const since = Date.now();
    const paint = () => {
      const seconds = Math.round((Date.now() - since) / 1000);
      const ago = seconds < 60 ? words.format(-seconds, "second") : words.format(-Math.round(seconds / 60), "minute");
      const kept = this.dataset.mode === "form" ? ` ${this.dataset.kept}` : "";
      this.status.textContent = `${latest.text} ${ago}.${kept}`;
    };
    paint();
    clearInterval(this.clock);
    this.clock = setInterval(paint, 10_000);
    find("[data-pulse-hide]", this).hidden = false;
    this.classList.add("open");
  }
}

customElements.define("live-pulse", LivePulse);
