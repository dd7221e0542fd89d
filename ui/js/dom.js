// Small helpers that every other module uses.

export const find = (selector, root = document) => root.querySelector(selector);
export const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];

const TEXT_FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable]";

/**
 * True while a key belongs to a text field or to the browser, and is therefore not a shortcut of ours. The field of a
 * dialog that has just been closed keeps the focus until the browser paints again: nobody types into what is not seen.
 */
export const isTyping = (event) =>
  event.ctrlKey ||
  event.metaKey ||
  event.altKey ||
  event.isComposing ||
  Boolean(event.target.closest?.(TEXT_FIELDS)?.checkVisibility());

/** Build an element with text and attributes; text is never read as HTML. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Build an icon from the sprite; the page names the sprite's hashed address on <html>. */
export function icon(name) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  const use = document.createElementNS(namespace, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${document.documentElement.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

/** Fill "%s" in a translated sentence that the page carries in a data attribute. */
export const fill = (sentence, value) => (sentence || "%s").replace("%s", value);

/** Write a number as the page's language does. */
export const formatNumber = (number) => Number(number).toLocaleString(document.documentElement.lang || undefined);

/** Remember a value for this browser; storage may be full or switched off, and that must not matter. */
export const remember = {
  get(key, otherwise = null) {
    try {
      return JSON.parse(localStorage.getItem(key)) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // The server keeps what matters; this copy only saves a flicker.
    }
  },
};

/** Is a dialog or a menu in front of the page? */
export const somethingOpen = () => Boolean(find("dialog[open], :popover-open:not(.toasts, .tip)"));
