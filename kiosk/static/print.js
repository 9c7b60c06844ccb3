/* Prints the slip on the paper that is in the machine: 58 or 80 mm, as long as the slip is. */

import { printedSlip } from "./views/slip.js";

const PAPER = "kiosk.paper";
const MM_PER_PX = 25.4 / 96;
const SPARE_MM = 8;
const sheet = new CSSStyleSheet();

/** The paper's width in mm; `?paper=80` sets it for this machine. */
function paperWidth() {
  const asked = new URLSearchParams(location.search).get("paper");
  if (asked === "58" || asked === "80") localStorage.setItem(PAPER, asked);
  return localStorage.getItem(PAPER) === "80" ? 80 : 58;
}

export function printSlip(model) {
  const paper = document.getElementById("k-paper");
  const width = paperWidth();
  paper.replaceChildren(printedSlip(model));
  paper.className = `k-paper k-paper-${width} k-paper-measured`;
  const height = Math.ceil(paper.scrollHeight * MM_PER_PX) + SPARE_MM;
  paper.className = `k-paper k-paper-${width}`;
  sheet.replaceSync(`@page { size: ${width}mm ${height}mm; margin: 0 }`);
  if (!document.adoptedStyleSheets.includes(sheet)) {
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }
  globalThis.print();
}
