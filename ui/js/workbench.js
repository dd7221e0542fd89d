// The tree of the filter while it is worked on: what is done to it, the steps back, and where the focus goes.
import { find } from "./dom.js";
import { carry, moveTo, stepFor } from "./moving.js";
import { firstQuestion, groupWithin, rework, turnTo, verbsOf } from "./reworking.js";
import { subjectOf, TreeView } from "./rows.js";
import { focusPart } from "./suggest.js";
import {
  isComplete,
  leavesOf,
  linkAround,
  locate,
  newCondition,
  newGroup,
  newLink,
  TreeHistory,
  writeTree,
} from "./tree.js";

const STEPS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "out", ArrowRight: "in" };
const focusedPart = () => document.activeElement?.closest?.("[data-focus]")?.dataset.focus;

export class Workbench {
  /** `owner` is the builder; it hears `soon()` after each change and `say()`s what happened. */
  constructor(owner, { panel, menu, box, answers }) {
    Object.assign(this, { owner, panel, menu, box, answers });
  }

  know(catalogue) {
    if (this.catalogue === catalogue) return;
    this.catalogue = catalogue;
    this.words = catalogue.words;
    this.view = new TreeView({
      catalogue,
      box: this.box,
      changed: (node, values) => this.setValues(node, values),
      suggest: (node, typed) => this.answers.suggest(node.field, typed, this.linkOf(node) ?? ""),
    });
  }

  /** Begin with this tree: nothing to undo, nothing to lose. */
  start(root) {
    this.root = root;
    this.history = new TreeHistory();
    this.problems = new Map();
    this.before = JSON.stringify(this.written().tree);
    this.draw();
  }

  // ---- what the tree says

  /** The tree as the server takes it, and which part stands where in it. */
  written() {
    return writeTree(this.root, (node) => isComplete(node, this.takes(node)));
  }

  get isChanged() {
    return this.unfinished().length > 0 || JSON.stringify(this.written().tree) !== this.before;
  }

  unfinished() {
    return leavesOf(this.root).filter((node) => node.kind === "condition" && !isComplete(node, this.takes(node)));
  }

  linkOf(node) {
    return linkAround(this.root, node.id)?.link?.link;
  }

  subject(node) {
    return subjectOf(this.catalogue, node, this.linkOf(node));
  }

  takes(node) {
    const field = this.subject(node);
    return field ? (field.operators.find((one) => one.name === node.operator)?.takes ?? "one") : "none";
  }

  // ---- drawing

  draw(focus = "") {
    const { scrollTop } = this.panel;
    this.panel.replaceChildren(this.view.draw(this.root));
    this.panel.scrollTop = scrollTop;
    this.mark(this.problems);
    this.marks();
    if (focus) this.focusOn(focus);
  }

  /** Show what is wrong beside its parts. */
  mark(problems) {
    this.problems = problems;
    this.view.paint(this.panel, problems);
  }

  /** Which of the buttons above can be pressed now. */
  marks() {
    find("[data-do=undo]", this.owner).disabled = !this.history.past.length;
    find("[data-do=redo]", this.owner).disabled = !this.history.future.length;
    find("[data-do=clear]", this.owner).disabled = !this.root.items.length;
  }

  focusOn(key) {
    return focusPart(this.panel, key);
  }

  focusStart() {
    this.focusOn(`${this.root.id}:${this.root.items.length ? "mode" : "add"}`);
  }

  /** Go to one of the parts at the top and show which one it is. */
  focusTop(at) {
    const node = this.root.items[at];
    const item = node && find(`[data-item="${node.id}"]`, this.panel);
    item?.classList.add("lit");
    return Boolean(item) && ["value", "operator", "mode"].some((part) => this.focusOn(`${node.id}:${part}`));
  }

  // ---- changing

  /** Change the tree as one step; `act` answers where the focus goes, or false when nothing came of it. */
  change(act) {
    const before = structuredClone(this.root);
    const focus = act();
    if (focus === false) return false;
    this.history.keep(before);
    this.draw(focus);
    this.owner.soon();
    return true;
  }

  /** Change while somebody types: one step for as long as it is the same place, and nothing is drawn anew. */
  type(node, part, act) {
    this.history.keep(this.root, `${node.id}:${part}`);
    act();
    this.problems.delete(node.id);
    this.mark(this.problems);
    this.marks();
    this.owner.soon();
  }

  setValues(node, values) {
    this.type(node, "value", () => (node.values = values));
  }

  replace(root) {
    this.change(() => {
      this.root = root;
      this.problems = new Map();
    });
  }

  step(back) {
    const root = this.history.step(this.root, back);
    if (!root) return;
    const key = focusedPart();
    this.root = root;
    this.problems = new Map();
    this.draw();
    if (!key || !this.focusOn(key)) this.focusStart();
    this.owner.say(back ? this.words.undone : this.words.redone);
    this.owner.soon();
  }

  add(group, node, part) {
    this.change(() => (group.items.push(node), `${node.id}:${part}`));
  }

  addCondition(group, name, use) {
    const node = newCondition(name, "", [], use);
    this.change(() => (group.items.push(node), this.begin(node)));
    this.openValues();
  }

  /** Let a condition ask about another field. */
  turn(node, name, use) {
    this.change(() => this.begin(Object.assign(node, { field: name, function: use, values: [] })));
    this.openValues();
  }

  /** Let a condition begin with the question one most often asks of its field. */
  begin(node) {
    Object.assign(node, firstQuestion(this.subject(node), this.words));
    return `${node.id}:value`;
  }

  /** A list of values opens at once for a new condition. */
  openValues() {
    if (document.activeElement?.matches(".fb-pick input")) document.activeElement.click();
  }

  perform(node, verb) {
    if (["up", "down", "in", "out"].includes(verb)) this.move(node.id, verb);
    else this.change(() => rework(this.root, node, verb));
  }

  move(id, way) {
    const step = stepFor(this.root, id, way);
    const moved = step && this.change(() => moveTo(this.root, id, step.group.id, step.at) && `${id}:grip`);
    this.owner.say(moved ? this.view.whereIs(id) : this.words.stuck);
  }

  // ---- what people do

  /** Press a button of the tree, or one of those above it. */
  press(button) {
    const id = button.closest("[data-node]")?.dataset.node;
    const node = id && locate(this.root, id)?.node;
    const fields = (act, link) => this.menu.fields(button, this.catalogue, this.linkOf(node), act, link);
    const addLink = (name) => this.add(node, newLink(name), "operator");
    const acts = {
      add: () => fields((name, use) => this.addCondition(node, name, use), addLink),
      group: () => this.add(node, groupWithin(node), "add"),
      link: () => this.menu.links(button, this.catalogue.links, addLink),
      field: () => fields((name, use) => this.turn(node, name, use)),
      menu: () => this.menu.verbs(button, verbsOf(this.root, node, this.words), (verb) => this.perform(node, verb)),
      remove: () => this.perform(node, "remove"),
      undo: () => this.step(true),
      redo: () => this.step(false),
      clear: () => this.change(() => `${(this.root = newGroup()).id}:add`),
    };
    acts[button.dataset.do]?.();
  }

  onChange(event) {
    const { value } = event.target;
    const { part } = event.target.dataset;
    const id = event.target.closest("[data-node]")?.dataset.node;
    const node = part && id && locate(this.root, id)?.node;
    if (!node || (event.type === "input") !== (part === "count")) return;
    if (part === "mode") this.change(() => ((node.mode = value), `${id}:mode`));
    if (part === "operator") this.change(() => (turnTo(node, value, this.subject(node)), `${id}:operator`));
    if (part === "counted") {
      const many = { operator: value, count: Number(node.count) || 1 };
      this.change(() => (Object.assign(node, value === "none" ? { operator: "=", count: 0 } : many), `${id}:operator`));
    }
    if (part === "count" && value !== "") {
      this.type(node, "count", () => (node.count = Math.max(0, Math.min(1e6, Math.trunc(Number(value) || 0)))));
    }
  }

  onPointer(event) {
    const grip = event.target.closest(".grip");
    if (!grip || event.button > 0) return;
    const item = grip.closest(".fb-item");
    const { item: id } = item.dataset;
    const drop = (group, at) => this.change(() => moveTo(this.root, id, group, at) && `${id}:grip`);
    carry(event, { item, tree: this.panel, root: this.root, drop });
  }

  /** Keys that work on the tree; true when the key was one. */
  onKey(event) {
    const command = event.ctrlKey || event.metaKey;
    const steps = { z: () => this.step(!event.shiftKey), y: () => this.step(false) };
    const act = command && !event.altKey && steps[event.key.toLowerCase()];
    if (act) act();
    else if (!command && event.target.matches(".grip") && event.key in STEPS) {
      this.move(event.target.closest("[data-item]").dataset.item, STEPS[event.key]);
    } else return false;
    return true;
  }
}
