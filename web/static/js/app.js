// The pages work without any of this. Each module adds one convenience.
import "./dialogs.js";
import "./keys.js";
import "./palette.js";
import "./pick.js";
import "./select.js";
import "./columns.js";
import "./toasts.js";
import "./drafts.js";
import "./facts.js";
import "./held.js";
import "./upload.js";
import "./live.js";
import "./navigation.js";
import "./display.js";
import "./copy.js";
import "./print.js";
import "./simulator.js";
