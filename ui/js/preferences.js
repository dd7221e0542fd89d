// One person's own taste: theme, row height; copying a value with one click, and the page on paper.
import { findAll } from "./dom.js";
import { toast } from "./toasts.js";

const DENSITIES = ["compact", "", "cosy"];

function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Storage is switched off: the choice holds for this page.
  }
}

function switchTheme() {
  const isDark = document.documentElement.classList.toggle("dark");
  keep("theme", isDark ? "dark" : "light");
}

function switchDensity() {
  const root = document.documentElement;
  root.dataset.density = DENSITIES[(DENSITIES.indexOf(root.dataset.density || "") + 1) % DENSITIES.length];
  // In a saved view it is a change of that view, until the view is saved or reset.
  const { view } = root.dataset;
  if (view) keep(`density:${view}`, root.dataset.density || "normal");
  else keep("density", root.dataset.density);
  document.dispatchEvent(new CustomEvent("desk:look"));
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    toast(document.querySelector(".toasts").dataset.copied);
  } catch {
    toast(document.querySelector(".toasts").dataset.failed, { kind: "error" });
  }
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-switch-theme]")) switchTheme();
  if (event.target.closest?.("[data-switch-density]")) switchDensity();
  if (event.target.closest?.("[data-print]")) print();
  const button = event.target.closest?.("[data-copy]");
  if (button) copy(button);
});

/** On a Mac the key is ⌘, and the page should say so. */
export function nameKeys() {
  if (!/Mac|iPhone|iPad/.test(navigator.platform)) return;
  for (const key of findAll("kbd")) key.textContent = key.textContent.replace("Ctrl ", "⌘");
}
