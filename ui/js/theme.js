// Blocking, in <head>: sets theme and row height before the first paint, so nothing flashes.
(function () {
  var root = document.documentElement;
  var theme = "";
  var density = "";
  try {
    theme = localStorage.getItem("theme") || "";
    density = localStorage.getItem("density") || "";
  } catch (refused) {
    // Storage may be switched off; the machine's own preference is used then.
  }
  theme = theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  root.classList.toggle("dark", theme === "dark");
  root.dataset.density = density || root.dataset.density || "";
})();
