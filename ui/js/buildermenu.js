// The builder's one menu: fields to ask about, linked things, and what can be done with a part.
import { find, icon, make } from "./dom.js";

export class BuilderMenu {
  constructor(element) {
    this.element = element;
    element.addEventListener("click", (event) => {
      const item = event.target.closest("[data-at]");
      if (item) this.chosen?.(Number(item.dataset.at));
    });
  }

  get isOpen() {
    return this.element.matches(":popover-open");
  }

  open(invoker, content, chosen) {
    this.element.replaceChildren(...content);
    this.chosen = chosen;
    this.element.invoker = invoker;
    this.element.showPopover();
  }

  item({ label, icon: image, detail, danger }, at) {
    const name = danger ? "menu-item danger" : "menu-item";
    const item = make("button", { class: name, type: "button", "data-at": at, "data-narrow": true }, icon(image), label);
    if (detail) item.append(make("small", { class: "end dim" }, detail));
    return item;
  }

  verbs(invoker, verbs, act) {
    const items = verbs.map((verb, at) => this.item(verb, at));
    this.open(invoker, items, (at) => act(verbs[at].name));
  }

  links(invoker, links, act) {
    const items = links.map((link, at) => this.item({ label: link.label, icon: "link" }, at));
    this.open(invoker, items, (at) => act(links[at].name));
  }

  /**
   * The fields of the list or of a linked thing, by section; a field asked with a function is an entry of its own. With
   * `addLink`, what is linked comes last.
   */
  fields(invoker, catalogue, link, act, addLink = null) {
    const { words } = catalogue;
    const fields = link ? catalogue.links.find((one) => one.name === link).fields : catalogue.fields;
    const entries = fields.flatMap((field) => [
      { ...field, act: () => act(field.name, "") },
      ...field.functions.map((use) => ({ ...field, label: use.label, act: () => act(field.name, use.name) })),
    ]);
    const linked = link || !addLink ? [] : catalogue.links;
    entries.push(
      ...linked.map(({ name, label }) => ({ label, icon: "link", group: words.linked, act: () => addLink(name) })),
    );
    const sections = new Map();
    for (const [at, entry] of entries.entries()) {
      if (!sections.has(entry.group)) {
        const box = make("div", { role: "group", "aria-label": entry.group });
        if (entry.group) box.append(make("h3", {}, entry.group));
        sections.set(entry.group, box);
      }
      sections.get(entry.group).append(this.item(entry, at));
    }
    const search = make("input", {
      ...{ class: "find-in", type: "search", autocomplete: "off" },
      ...{ placeholder: words.find_field, "aria-label": words.find_field },
    });
    const none = make("p", { class: "none", hidden: true }, words.no_field);
    this.open(invoker, [search, ...sections.values(), none], (at) => entries[at].act());
    find("input", this.element).focus();
  }
}
