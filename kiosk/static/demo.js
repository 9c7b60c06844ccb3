/* The demonstration's tray (演示托盘): sample cards and goods that lie beside the kiosk. A tap on one
   goes through the same capture as the scanner and the camera. */

import { h, icon } from "./dom.js";
import { either, words } from "./model.js";

/** What lies on the tray, or null where the bank has none. */
export async function demonstrate(api) {
  try {
    return await api.tray();
  } catch {
    return null;
  }
}

/** The code of the card that was clicked on the demonstration's front page: `#tray=rich`. */
export function pickedFromTray(tray, hash) {
  const kind = /^#tray=([a-z]+)$/.exec(hash)?.[1];
  return tray?.cards.find((card) => card.kind === kind)?.code ?? null;
}

/** The mark that nothing here is real, and the tray when it is pulled out. */
export function demonstrationView(model) {
  if (!model.demonstration && !model.place?.demonstration) return null;
  const open = model.trayOpen && model.tray;
  return h("aside", { class: `k-demo${open ? " k-demo-open" : ""}`, "data-role": "demo", "data-key": "demo",
    "aria-label": words(model, "demo.mark") },
  h("p", { class: "k-demo-mark" }, words(model, "demo.mark")),
  model.tray && h("button", { class: "k-demo-button", type: "button", "data-do": "tray", "data-role": "tray-toggle",
    "aria-expanded": open ? "true" : "false" }, icon(open ? "minus" : "plus"),
  words(model, open ? "demo.tray_close" : model.trayWord ?? "demo.tray")),
  open && h("div", { class: "k-tray", "data-role": "tray", role: "group", "aria-label": words(model, "demo.tray_title") },
    model.tray.cards.map((card) => sample(model, card, card.code, "card", "card")),
    model.tray.goods.map((goods) => sample(model, goods, goods.barcode, "bag", "goods"))));
}

function sample(model, thing, code, sign, kind) {
  return h("button", { class: `k-sample k-sample-${kind}`, type: "button", "data-do": "code", "data-code": code,
    "data-role": `tray-${kind}`, "data-kind": thing.kind ?? thing.sku }, icon(sign), h("span", {}, either(model, thing.label)));
}
