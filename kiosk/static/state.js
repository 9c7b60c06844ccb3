/* The kiosk's flow as one table: on which screen, what happens, which screen comes next.
   Whatever is not in the table does nothing. A screen that depends on what is in the basket is
   named by a function of the model. */

const home = (model) => (model.basket.isEmpty ? "wall" : "basket");

/** What may happen on every screen where somebody stands and nothing is being sent. */
const open = { card: home, line: "basket", refused: "refusal", leave: "wall", unpaired: "pairing",
  closed: "closed", pin: "pin", left_before: "left_before" };

export const FLOW = {
  starting: { paired: "wall", unpaired: "pairing", recovered: "recovered" },
  pairing: { paired: "wall", unpaired: "pairing" },
  wall: { ...open, back: home, number: "number", recovered: "recovered", pick: "activities", signed: "signed" },
  activities: { ...open, back: home, signed: "signed" },
  signed: { ...open, back: home, taken_back: "wall" },
  number: { ...open, back: home },
  pin: { ...open, back: home, asked: "undoing" },
  left_before: { ...open, back: home, card: "left_before" },
  basket: { ...open, emptied: "wall", browse: "wall", confirm: "confirming" },
  confirming: { booked: "done", pin: "pin", refused: "refusal", lost: "checking", unpaired: "pairing", closed: "closed" },
  checking: { booked: "done", pin: "pin", refused: "refusal", leave: "wall", unpaired: "pairing", closed: "closed" },
  refusal: { ...open, back: home, browse: "wall", confirm: "confirming" },
  done: { ...open, undo: "undoing" },
  undoing: { ...open, keep: "done", undone: "basket", wait: "undoing" },
  recovered: { ...open },
  closed: { opened: "wall", unpaired: "pairing", recovered: "recovered" },
};

/** On these screens something is on its way to the bank: no scan, no time-out, no second touch. */
export const SENDING = new Set(["starting", "confirming", "checking"]);

/** The next screen, or null when this screen does not know the event. */
export function follow(screen, event, model) {
  const next = FLOW[screen]?.[event];
  if (next === undefined) return null;
  return typeof next === "function" ? next(model) : next;
}

/**
 * What the clock may do: nothing, "ask" whether somebody is still there, "leave" the result by
 * itself, or "tidy" a page that nobody has anything to lose on.
 */
export function timePlan(model) {
  if (SENDING.has(model.screen) || model.sending || model.screen === "pairing") return "none";
  if (["done", "recovered", "signed"].includes(model.screen)) return model.overlay ? "ask" : "leave";
  if (model.card || !model.basket.isEmpty) return "ask";
  const asNew = ["wall", "closed"].includes(model.screen) && !model.overlay && !model.large && !model.aloud
    && model.language === "zh-CN" && model.wallPage === 0;
  return asNew ? "none" : "tidy";
}
