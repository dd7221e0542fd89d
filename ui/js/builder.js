// <filter-builder>: the panel that edits the list's whole filter, as groups of conditions or as text.
import { catalogueOf } from "./catalogue.js";
import { fill, find, findAll } from "./dom.js";
import { FilterText } from "./filtertext.js";
import { BuilderMenu } from "./buildermenu.js";
import { carry, moveTo, stepFor } from "./moving.js";
import { csrfHeader, openAddress } from "./requests.js";
import { operatorsOf, subjectOf, TreeView } from "./rows.js";
import { focusPart, SuggestBox } from "./suggest.js";
import { toast } from "./toasts.js";
import { copyOf, isComplete, leavesOf, linkAround, locate, newCondition, newGroup, newLink, readTree } from "./tree.js";
import { TreeHistory, writeTree } from "./tree.js";

const ASK_AFTER = 250;
const STEPS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "out", ArrowRight: "in" };

class FilterBuilder extends HTMLElement {
  connectedCallback() {
    this.leave = new AbortController();
    const { signal } = this.leave;
    const on = (name, act, options = {}) => this.addEventListener(name, act, { signal, ...options });
    this.panel = find(".fb-tree", this);
    this.box = new SuggestBox(find(".suggest", this));
    this.text = new FilterText(find(".fb-text", this), this.box, () => this.soon());
    this.menu = new BuilderMenu(find("#builder-menu", this));
    on("click", (event) => this.onClick(event));
    on("change", (event) => this.onChange(event));
    on("input", (event) => event.target.dataset.part === "count" && this.onChange(event));
    on("keydown", (event) => this.onKey(event));
    on("filter:apply", () => this.apply());
    on("pointerdown", (event) => this.onPointer(event));
    document.addEventListener("click", (event) => this.onPage(event), { signal, capture: true });
    addEventListener("resize", () => this.isOpen && this.place(), { signal });
    addEventListener("beforeunload", (event) => this.isOpen && this.isChanged && event.preventDefault(), { signal });
  }

  disconnectedCallback() {
    this.leave.abort();
  }

  get isOpen() {
    return this.matches(":popover-open");
  }

  get isText() {
    return !this.text.element.hidden;
  }

  /** Is there anything that closing would lose? */
  get isChanged() {
    if (this.text.value !== this.text.written) return true;
    return this.history ? JSON.stringify(this.written().tree) !== this.before || this.unfinished().length > 0 : false;
  }

  // ---- open and close

  /** A click anywhere: on what opens the builder, or beside it while something in it would be lost. */
  onPage(event) {
    const opener = event.target.closest?.("[data-builder], [popovertarget='query-text']");
    if (opener && !this.isOpen) {
      event.preventDefault();
      event.stopPropagation();
      return this.open(opener, { text: opener.dataset.builder === undefined, part: opener.dataset.builder });
    }
    if (!this.isOpen || event.target.closest?.("filter-builder, .toasts, dialog")) return;
    if (!this.isChanged) return this.close();
    event.preventDefault();
    event.stopPropagation();
    this.nudge();
  }

  async open(opener, { text, part = "" }) {
    this.opener = opener;
    try {
      this.catalogue = await catalogueOf(this);
    } catch {
      return toast(find(".toasts").dataset.offline, { kind: "error" });
    }
    this.words = this.catalogue.words;
    this.view = new TreeView({
      ...{ catalogue: this.catalogue, box: this.box },
      changed: (node, values) => this.setValues(node, values),
      suggest: (node, typed) => this.suggest(node.field, typed, linkAround(this.root, node.id)?.link?.link),
    });
    this.text.know(this.catalogue, (field, typed, link) => this.suggest(field, typed, link));
    const where = find("#query-text textarea")?.defaultValue ?? "";
    this.start(newGroup());
    this.text.set(where);
    this.show(text);
    if (!this.isOpen) this.showPopover();
    this.place();
    const answer = where ? await this.ask({ where }) : await this.ask();
    this.textTree = JSON.stringify(answer?.tree);
    if (answer?.tree) this.start(readTree(answer.tree));
    else if (where) this.show(true);
    this.settle(answer);
    if (this.isText) this.text.focus();
    else if (!part || !this.focusTop(Number(part))) this.focusOn(`${this.root.id}:${this.root.items.length ? "mode" : "add"}`);
  }

  /** Begin with this tree: nothing to undo, nothing to lose. */
  start(root) {
    this.root = root;
    this.history = new TreeHistory();
    this.problems = new Map();
    this.before = JSON.stringify(this.written().tree);
    this.draw();
  }

  close() {
    this.asking?.abort();
    clearTimeout(this.timer);
    this.history = null;
    this.text.set("");
    this.box.hide();
    if (this.isOpen) this.hidePopover();
    const opener = this.opener?.isConnected ? this.opener : find(".tools [data-builder='']");
    opener?.focus({ preventScroll: true });
  }

  /** Below the tools of the list, as wide as a filter needs; the style sheet makes it a whole page on a phone. */
  place() {
    const tools = find(".tools")?.getBoundingClientRect();
    const main = find("#main").getBoundingClientRect();
    // A filter with many chips would push the panel down; it may cover them, for it shows the same.
    const top = Math.min(tools?.bottom ?? main.top + 96, (tools?.top ?? main.top) + 48);
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

  // ---- the tree

  written() {
    return writeTree(this.root, (node) => isComplete(node, this.takes(node)));
  }

  subject(node) {
    return subjectOf(this.catalogue, node, linkAround(this.root, node.id)?.link?.link);
  }

  takes(node) {
    const field = this.subject(node);
    return field ? (field.operators.find((one) => one.name === node.operator)?.takes ?? "one") : "none";
  }

  unfinished() {
    return leavesOf(this.root).filter((node) => node.kind === "condition" && !isComplete(node, this.takes(node)));
  }

  /** Change the tree as one step, draw it, and put the focus where the change was made. */
  change(act, focus = "") {
    const before = structuredClone(this.root);
    if (act() === false) return false;
    this.history.keep(before);
    this.draw(focus);
    this.soon();
    return true;
  }

  setValues(node, values) {
    this.history.keep(this.root, `${node.id}:value`);
    node.values = values;
    this.problems.delete(node.id);
    this.view.paint(this.panel, this.problems);
    this.marks();
    this.soon();
  }

  draw(focus = "") {
    if (!this.view) return;
    const key = focus || document.activeElement?.closest?.("[data-focus]")?.dataset.focus;
    const { scrollTop } = this.panel;
    this.panel.replaceChildren(this.view.draw(this.root));
    this.panel.scrollTop = scrollTop;
    this.view.paint(this.panel, this.problems);
    this.marks();
    if (focus || this.contains(document.activeElement)) focusPart(this.panel, key);
  }

  /** Which of the buttons above can be pressed now. */
  marks() {
    find("[data-do=undo]", this).disabled = !this.history.past.length;
    find("[data-do=redo]", this).disabled = !this.history.future.length;
    find("[data-do=clear]", this).disabled = !this.root.items.length;
    find("[data-note]", this).hidden = true;
  }

  focusOn(key) {
    return focusPart(this.panel, key);
  }

  /** Go to one of the parts at the top and show which one it is. */
  focusTop(at) {
    const node = this.root.items[at];
    const item = node && find(`[data-item="${node.id}"]`, this.panel);
    item?.classList.add("lit");
    return Boolean(item) && ["value", "operator", "mode"].some((part) => this.focusOn(`${node.id}:${part}`));
  }

  step(back) {
    const root = this.history.step(this.root, back);
    if (!root) return;
    this.root = root;
    this.problems = new Map();
    this.draw(document.activeElement?.closest?.("[data-focus]")?.dataset.focus || `${root.id}:add`);
    this.say(back ? this.words.undone : this.words.redone);
    this.soon();
  }

  add(group, node, part) {
    this.change(() => void group.items.push(node), `${node.id}:${part}`);
  }

  addCondition(group, name, use = "") {
    const node = newCondition(name, "", [], use);
    group.items.push(node); // so that its field is looked for in the right place
    Object.assign(node, this.firstQuestion(this.subject(node)));
    group.items.pop();
    this.add(group, node, "value");
    this.openPicker();
  }

  /** A list of values opens at once for a new condition. */
  openPicker() {
    if (document.activeElement?.matches(".fb-pick input")) document.activeElement.click();
  }

  /** The question one most often asks of such a field. */
  firstQuestion(field) {
    const listed = operatorsOf(field, this.words, "").map((one) => one.name);
    if (field.kind === "boolean") return { operator: "=", values: ["yes"] };
    if (field.function && listed.includes("next")) return { operator: "next", values: ["30d"] };
    if (listed.includes("last")) return { operator: "last", values: ["30d"] };
    const wanted = field.choices || field.kind === "tags" ? "in" : { number: ">=", decimal: ">=", money: ">=" }[field.kind];
    return { operator: listed.includes(wanted) ? wanted : listed[0], values: [] };
  }

  /** Ask a condition in another way, keeping the values that fit. */
  turn(node, operator) {
    const span = { last: ["30d"], next: ["30d"] };
    const takes = this.subject(node)?.operators.find((one) => one.name === operator)?.takes;
    if (operator in span) node.values = node.operator in span ? node.values : span[operator];
    else if (node.operator in span || takes === "none") node.values = [];
    else if (takes === "one") node.values = node.values.slice(0, 1);
    else if (takes === "two") node.values = node.values.slice(0, 2);
    node.operator = operator;
  }

  // ---- what people do

  onClick(event) {
    const pressed = event.target.closest("[data-do]");
    if (!pressed || pressed.disabled) return;
    const id = pressed.closest("[data-node]")?.dataset.node;
    const node = id && locate(this.root, id)?.node;
    const acts = {
      add: () => this.chooseField(pressed, node, (name, use) => this.addCondition(node, name, use), (name) => this.addLink(node, name)),
      link: () => this.menu.links(pressed, this.catalogue.links, (name) => this.addLink(node, name)),
      group: () => this.add(node, newGroup(node.mode === "any" ? "all" : "any"), "add"),
      field: () => this.chooseField(pressed, node, (name, use) => this.turnTo(node, name, use)),
      menu: () => this.menu.verbs(pressed, this.verbs(node), (verb) => this.perform(node, verb)),
      remove: () => this.perform(node, "remove"),
      undo: () => this.step(true),
      redo: () => this.step(false),
      clear: () => this.change(() => void (this.root = newGroup()), `${this.root.id}:add`),
      build: () => this.toBuilder(),
      text: () => this.toText(),
      cancel: () => this.close(),
      apply: () => this.apply(),
    };
    acts[pressed.dataset.do]?.();
  }

  chooseField(pressed, node, act, addLink = null) {
    const link = linkAround(this.root, node.id)?.link?.link;
    this.menu.fields(pressed, this.catalogue, link, act, addLink);
  }

  addLink(group, name) {
    this.add(group, newLink(name), "operator");
  }

  /** Let a condition ask about another field. */
  turnTo(node, name, use) {
    this.change(() => {
      Object.assign(node, { field: name, function: use, values: [] });
      Object.assign(node, this.firstQuestion(this.subject(node)));
    }, `${node.id}:value`);
    this.openPicker();
  }

  onChange(event) {
    const { part } = event.target.dataset;
    const id = event.target.closest("[data-node]")?.dataset.node;
    if (!part || !id) return;
    const { node } = locate(this.root, id);
    const { value } = event.target;
    if (part === "mode") this.change(() => void (node.mode = value), `${id}:mode`);
    if (part === "operator") this.change(() => this.turn(node, value), `${id}:operator`);
    if (part === "counted") {
      const none = value === "none";
      const count = none ? 0 : Number(node.count) || 1;
      this.change(() => void Object.assign(node, { operator: none ? "=" : value, count }), `${id}:operator`);
    }
    if (part === "count" && event.type === "input" && value !== "") {
      this.history.keep(this.root, `${id}:count`);
      node.count = Math.max(0, Math.min(1e6, Math.trunc(Number(value) || 0)));
      this.soon();
    }
  }

  verbs(node) {
    const can = (way) => Boolean(stepFor(this.root, node.id, way));
    return [
      ["copy", "copy"],
      ["wrap", "hierarchy"],
      ...(can("up") ? [["up", "arrow-up"]] : []),
      ...(can("down") ? [["down", "arrow-down"]] : []),
      ...(can("out") ? [["out", "chevron-left"]] : []),
      ...(can("in") ? [["in", "chevron-right"]] : []),
      ["remove", "trash"],
    ].map(([name, image]) => ({ name, icon: image, label: this.words.verbs[name], danger: name === "remove" }));
  }

  perform(node, verb) {
    const { parent } = locate(this.root, node.id);
    const at = parent.items.indexOf(node);
    const landing = (one) => `${one.id}:${one.kind === "group" ? "mode" : one.kind === "link" ? "operator" : "field"}`;
    if (verb === "remove") {
      const next = parent.items[at + 1] ?? parent.items[at - 1];
      this.change(() => void parent.items.splice(at, 1), next ? landing(next) : `${parent.id}:add`);
    } else if (verb === "copy") {
      const copy = copyOf(node);
      this.change(() => void parent.items.splice(at + 1, 0, copy), landing(copy));
    } else if (verb === "wrap") {
      const group = newGroup(parent.mode === "any" ? "all" : "any", [node]);
      this.change(() => void parent.items.splice(at, 1, group), `${group.id}:mode`);
    } else this.move(node.id, verb);
  }

  move(id, way) {
    const step = stepFor(this.root, id, way);
    const moved = step && this.change(() => moveTo(this.root, id, step.group.id, step.at), `${id}:grip`);
    this.say(moved ? this.view.whereIs(id) : this.words.stuck);
  }

  onPointer(event) {
    const grip = event.target.closest(".grip");
    if (!grip || event.button > 0) return;
    const item = grip.closest(".fb-item");
    carry(event, {
      ...{ item, tree: this.panel, root: this.root },
      drop: (group, at) => this.change(() => moveTo(this.root, item.dataset.item, group, at), `${item.dataset.item}:grip`),
    });
  }

  onKey(event) {
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    const acts = event.target.closest(".fb-text") ? {} : { z: () => this.step(!event.shiftKey), y: () => this.step(false) };
    if (command && !event.altKey && acts[key]) acts[key]();
    else if (command && event.key === "Enter") this.apply();
    else if (event.target.matches(".grip") && event.key in STEPS && !command) {
      this.move(event.target.closest("[data-item]").dataset.item, STEPS[event.key]);
    } else if (event.target.matches("[role=tab]") && /^Arrow(Left|Right)$/.test(event.key)) {
      (this.isText ? this.toBuilder() : this.toText()).then(() => find("[role=tab][aria-selected=true]", this).focus());
    } else if (event.key === "Escape" && !this.menu.isOpen) this.isChanged ? this.nudge() : this.close();
    else return;
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
    if (this.isText) return;
    const answer = await this.ask();
    if (!answer) return;
    if (answer.where !== undefined && JSON.stringify(answer.tree) !== this.textTree) this.text.set(answer.where);
    this.textTree = JSON.stringify(answer.tree);
    this.show(true);
    this.settle(answer);
    this.text.focus();
  }

  async toBuilder() {
    if (!this.isText) return;
    if (this.text.value !== this.text.written) {
      const answer = await this.ask();
      if (!answer?.tree) return answer && (this.settle(answer), this.text.focus());
      this.history.keep(this.root);
      this.root = readTree(answer.tree);
      this.problems = new Map();
      this.textTree = JSON.stringify(answer.tree);
      this.text.set(this.text.value);
    }
    this.show(false);
    this.draw();
    this.focusOn(`${this.root.id}:${this.root.items.length ? "mode" : "add"}`);
    this.settle(await this.ask());
  }

  // ---- what the server says

  soon() {
    clearTimeout(this.timer);
    find("footer", this).setAttribute("aria-busy", "true");
    this.timer = setTimeout(async () => this.settle(await this.ask()), ASK_AFTER);
  }

  /** What the filter means, how many match and what is wrong; nothing when a newer question has been asked. */
  async ask(given) {
    clearTimeout(this.timer);
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    const { tree, places } = this.written();
    const said = given ?? (this.isText ? { where: this.text.value } : { tree: JSON.stringify(tree) });
    const body = new URL(location.href).searchParams; // the tab, the search and the view count, too
    for (const [name, value] of Object.entries({ where: "", ...said })) body.set(name, value);
    find("footer", this).setAttribute("aria-busy", "true");
    try {
      const options = { method: "POST", headers: csrfHeader(), body, signal: asking.signal };
      const answer = await fetch(`${this.dataset.url}check/`, options);
      return { places, ...(await answer.json()) };
    } catch (error) {
      if (error.name === "AbortError") return null;
      return { places, failed: true, problems: [], sentence: find(".toasts").dataset.offline };
    }
  }

  /** Show an answer. */
  settle(answer) {
    if (!answer || !this.isOpen) return;
    const footer = find("footer", this);
    footer.setAttribute("aria-busy", "false");
    const beside = this.isText ? [] : answer.problems.filter((one) => answer.places.has(one.place));
    this.problems = new Map(beside.map((one) => [answer.places.get(one.place), one.sentence]));
    if (!this.isText) this.view.paint(this.panel, this.problems);
    this.text.wrong(this.isText ? answer.problems[0] : null);
    const rest = answer.problems.filter((one) => !beside.includes(one));
    const sentence = answer.sentence || (this.isText ? "" : rest[0]?.sentence) || "";
    const problem = find("[data-problem]", footer);
    problem.textContent = sentence;
    problem.hidden = !sentence;
    find("[data-words]", footer).textContent = answer.words ?? "";
    find("[data-count]", footer).textContent = answer.count ?? "";
    footer.classList.toggle("slow", Boolean(answer.slow));
  }

  async suggest(field, typed, link = "") {
    const asked = new URLSearchParams({ field, q: typed, link: link ?? "" });
    const answer = await fetch(`${this.dataset.url}suggest/?${asked}`).catch(() => null);
    return answer?.ok ? (await answer.json()).items : [];
  }

  async apply() {
    const unfinished = this.isText ? [] : this.unfinished();
    if (unfinished.length) {
      for (const node of unfinished) this.problems.set(node.id, this.words.unfinished);
      this.view.paint(this.panel, this.problems);
      this.say(fill("%s", this.words.unfinished));
      return this.focusOn(`${unfinished[0].id}:value`);
    }
    const answer = await this.ask();
    this.settle(answer);
    if (!answer || answer.failed) return;
    if (!answer.problems.length) {
      this.close();
      return openAddress(answer.url);
    }
    if (this.isText) this.text.focus();
    else if (this.problems.size) this.focusOn(`${[...this.problems.keys()][0]}:value`);
  }
}

customElements.define("filter-builder", FilterBuilder);
