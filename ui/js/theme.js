// Blocking, in <head>: sets theme and row height before the first paint, so nothing flashes.
(function () {
  var root = document.documentElement;
  var theme = "";
  var density = "";
  var ofView = root.dataset.viewDensity || "";
  try {
    theme = localStorage.getItem("theme") || "";
    density = localStorage.getItem("density") || "";
    ofView = localStorage.getItem("density:" + root.dataset.view) || ofView;
  } catch (refused) {
    // Storage may be switched off; the machine's own preference is used then.
  }
  var machine = matchMedia("(prefers-color-scheme: dark)");
  root.classList.toggle("dark", theme ? theme === "dark" : machine.matches);
  // Who chose nothing follows the machine, also when it turns dark in the evening.
  if (!theme) {
    machine.addEventListener("change", function () {
      root.classList.toggle("dark", machine.matches);
    });
  }
  if (ofView) density = ofView === "normal" ? "" : ofView;
  root.dataset.density = density || (ofView ? "" : root.dataset.density) || "";
})();
