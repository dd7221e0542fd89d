// The desk's script. Order matters: ui/build.py joins these modules, in this order, into one file.
import "./dom.js";
import "./toasts.js";
import "./menus.js";
import "./requests.js";
import "./palette.js";
import "./returning.js";
import "./grid.js";
import "./editing.js";
import "./columns.js";
import "./filters.js";
import "./charts.js";
import "./forms.js";
import "./passkey.js";
import "./preferences.js";
import "./shortcuts.js";
import { focusProblems } from "./forms.js";
import { nameKeys } from "./preferences.js";
import { markWayBack } from "./returning.js";
import { showFlashes } from "./toasts.js";

showFlashes();
focusProblems();
nameKeys();
markWayBack();
