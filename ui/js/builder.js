// <filter-builder>: the panel that edits the list's whole filter, as groups of conditions or as text.
import { FilterAnswers } from "./answers.js";
import { BuilderMenu } from "./buildermenu.js";
import { catalogueOf } from "./catalogue.js";
import { find, findAll } from "./dom.js";
import { FilterText } from "./filtertext.js";
import { openAddress } from "./requests.js";
import { SuggestBox } from "./suggest.js";
import { toast } from "./toasts.js";
import { newGroup, readTree } from "./tree.js";
import { Workbench } from "./workbench.js";

const ASK_AFTER = 250;

class FilterBuilder extends HTMLElement {
  connectedCallback() {
    this.leave = new AbortController();
    const { signal } = this.leave;
    const box = new SuggestBox(find(".suggest", this));
    this.panel = find(".fb-tree", this);
    this.menu = new BuilderMenu(find("#builder-menu", this));
    this.answers = new FilterAnswers(this.dataset.url, find("footer", this));
    this.text = new FilterText(find(".fb-text", this), box, () => this.soon());
    this.bench = new Workbench(this, { panel: this.panel, menu: this.menu, box, answers: this.answers });
    const acts = {
      click: (event) => this.onClick(event),
      change: (event) => this.bench.onChange(event),
      input: (event) => this.bench.onChange(event),
      pointerdown: (event) => this.bench.onPointer(event),
      keydown: (event) => this.onKey(event),
      "filter:apply": () => this.apply(),
    };
    for (const [name, act] of Object.entries(acts)) this.addEventListener(name, act, { signal });
    document.addEventListener("click", (event) => this.onPage(event), { signal, capture: true });
    addEventListener("resize", () => this.isOpen && this.place(), { signal });
    addEventListener("beforeunload", (event) => this.isChanged && event.preventDefault(), { signal });
  }

  disconnectedCallback() {
    this.leave.abort();
    this.answers.giveUp();
  }

  /** The field of a form that the filter is written into; on a list it becomes the address of the page. */
  get field() {
    return this.dataset.field ? document.getElementById(this.dataset.field) : null;
  }

  writeField(where) {
    this.field.value = where;
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  get isOpen() {
    return this.matches(":popover-open");
  }

  get isText() {
    return !this.text.element.hidden;
  }

  /** Is there anything that closing would lose? */
  get isChanged() {
    return this.isOpen && !this.isLoading && (this.text.isTyped || this.bench.isChanged);
  }

  // ---- open and close

  /** A click anywhere: on what opens the builder, or beside it while something in it would be lost. */
  onPage(event) {
    const opener = event.target.closest?.("[data-builder], [popovertarget='query-text']");
    if (opener && !this.isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.open(opener);
    } else if (this.isOpen && !event.target.closest?.("filter-builder, .toasts, dialog")) {
      if (!this.isChanged) return this.close();
      event.preventDefault();
      event.stopPropagation();
      this.nudge();
    }
  }

  /** Open at the part the opener names, or as text. */
  async open(opener) {
    const catalogue = await catalogueOf(this).catch(() => null);
    if (!catalogue) return toast(find(".toasts").dataset.offline, { kind: "error" });
    this.words = catalogue.words;
    this.bench.know(catalogue);
    this.text.know(catalogue, (field, typed, link) => this.answers.suggest(field, typed, link));
    this.opener = opener;
    const part = opener.dataset.builder;
    const where = this.field?.value ?? find("#query-text textarea")?.defaultValue ?? "";
    this.bench.start(newGroup());
    this.text.set(where);
    this.show(part === undefined);
    if (!this.isOpen) this.showPopover();
    this.place();
    await this.load(where);
    if (!this.isOpen) return;
    if (this.isText) this.text.focus();
    else if (!part || !this.bench.focusTop(Number(part))) this.bench.focusStart();
  }

  /** Fill the tree with what the list's filter means. Until then nothing can be done to it: it would be lost. */
  async load(where) {
    this.isLoading = this.panel.inert = true;
    this.answers.clear();
    const answer = await this.ask(where ? { where } : undefined);
    this.isLoading = this.panel.inert = false;
    if (!answer || !this.isOpen) return;
    if (answer.failed) {
      this.close();
      return toast(answer.sentence, { kind: "error" });
    }
    this.textTree = JSON.stringify(answer.tree);
    if (answer.tree) this.bench.start(readTree(answer.tree));
    else this.show(true);
    this.settle({ ...answer, places: this.bench.written().places });
  }

  close() {
    this.answers.giveUp();
    clearTimeout(this.timer);
    this.text.leave();
    this.hidePopover();
    const opener = this.opener?.isConnected ? this.opener : find(".tools [data-builder='']");
    opener?.focus({ preventScroll: true });
  }

  /** Below the tools of the list, as wide as a filter needs; the style sheet makes it a whole page on a phone. */
  place() {
    const tools = (this.field ?? find(".tools")).getBoundingClientRect();
    const main = find("#main").getBoundingClientRect();
    // A filter with many chips would push the panel down; it may cover them, for it shows the same.
    const top = Math.min(tools.bottom, tools.top + 48, Math.max(8, innerHeight - 480));
    this.style.setProperty("--at", `${Math.round(top)}px`);
    this.style.setProperty("--from", `${Math.round(main.left)}px`);
    this.style.setProperty("--wide", `${Math.round(main.width)}px`);
  }

  /** Say that there is something to apply or to give up. */
  nudge() {
    this.classList.remove("nudged");
    void this.offsetWidth; // starts the animation anew
    this.classList.add("nudged");
    this.say(this.words.unsaved);
    find("[data-note]", this).hidden = false;
  }

  say(sentence) {
    find("[data-said]", this).textContent = sentence;
  }

  // ---- what people do

  onClick(event) {
    const pressed = event.target.closest("[data-do]");
    if (!pressed || pressed.disabled) return;
    const acts = {
      build: () => this.toBuilder(),
      text: () => this.toText(),
      cancel: () => this.close(),
      apply: () => this.apply(),
    };
    const act = acts[pressed.dataset.do];
    if (act) act();
    else this.bench.press(pressed);
  }

  onKey(event) {
    if (!this.isText && this.bench.onKey(event)) return this.took(event);
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") this.apply();
    else if (event.target.matches("[role=tab]") && /^Arrow(Left|Right)$/.test(event.key)) {
      const turned = this.isText ? this.toBuilder() : this.toText();
      turned.then(() => find("[role=tab][aria-selected=true]", this).focus());
    } else if (event.key === "Escape" && !this.menu.isOpen) this.isChanged ? this.nudge() : this.close();
    else return;
    this.took(event);
  }

  took(event) {
    event.preventDefault();
    event.stopPropagation();
  }

  // ---- the two ways to write it

  show(text) {
    this.panel.hidden = text;
    this.text.element.hidden = !text;
    for (const tab of findAll("[role=tab]", this)) {
      const on = (tab.dataset.do === "text") === text;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
    }
    for (const tool of findAll(".fb-tools button", this)) tool.hidden = text;
  }

  async toText() {
    if (this.isText || this.isLoading) return;
    const answer = await this.ask();
    if (!answer) return;
    // A text that says the same stays as its author wrote it.
    const tree = JSON.stringify(answer.tree);
    if (answer.where !== undefined && tree !== this.textTree) this.text.set(answer.where);
    this.textTree = tree;
    this.show(true);
    this.settle(answer);
    this.text.focus();
  }

  async toBuilder() {
    if (!this.isText || this.isLoading) return;
    if (this.text.isTyped) {
      const answer = await this.ask();
      if (!answer?.tree) return answer && (this.settle(answer), this.text.focus());
      this.textTree = JSON.stringify(answer.tree);
      this.text.set(this.text.value);
      this.bench.replace(readTree(answer.tree));
    }
    this.show(false);
    this.bench.focusStart();
    this.settle(await this.ask());
  }

  // ---- what the server says

  soon() {
    find("[data-note]", this).hidden = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => this.settle(this.patient(await this.ask())), ASK_AFTER);
  }

  /** Ask about the filter as it is now, and remember which part stands where in what was sent. */
  async ask(given) {
    clearTimeout(this.timer);
    const { tree, places } = this.bench.written();
    const said = given ?? (this.isText ? { where: this.text.value } : { tree: JSON.stringify(tree) });
    const answer = await this.answers.ask(this.field ? { tab: "all", q: "", ...said } : said);
    return answer && { ...answer, places };
  }

  /** Who is still typing need not be told that the text ends too early. */
  patient(answer) {
    const problem = this.isText && answer?.problems[0];
    const isOpenEnd = problem && !problem.length && problem.position >= this.text.value.trimEnd().length;
    return isOpenEnd ? { ...answer, problems: [] } : answer;
  }

  /** Show an answer: what is wrong beside its part or under its word, the rest below. */
  settle(answer) {
    if (!answer || !this.isOpen) return;
    const beside = this.isText ? [] : answer.problems.filter((one) => answer.places.has(one.place));
    this.bench.mark(new Map(beside.map((one) => [answer.places.get(one.place), one.sentence])));
    this.text.wrong(this.isText ? answer.problems[0] : null);
    const rest = this.isText ? [] : answer.problems.filter((one) => !beside.includes(one));
    this.answers.show(answer, answer.sentence || rest[0]?.sentence || "", this.words);
  }

  async apply() {
    if (this.isLoading) return;
    const unfinished = this.isText ? [] : this.bench.unfinished();
    if (unfinished.length) {
      this.bench.mark(new Map(unfinished.map((node) => [node.id, this.words.unfinished])));
      this.say(this.words.unfinished);
      return this.bench.focusOn(`${unfinished[0].id}:value`);
    }
    const answer = await this.ask();
    this.settle(answer);
    if (!answer || answer.failed) return;
    if (!answer.problems.length) {
      this.close();
      if (this.field) this.writeField(answer.where);
      else openAddress(answer.url);
    } else if (this.isText) this.text.focus();
    else this.bench.focusOn(`${[...this.bench.problems.keys()][0]}:value`);
  }
}

customElements.define("filter-builder", FilterBuilder);
