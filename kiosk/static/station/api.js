/* What a station asks of the bank, beside what every machine asks. */

import { Api } from "../api.js";

export class StationApi extends Api {
  station() { return this.call("GET", "/station"); }

  pairingCode() { return this.call("POST", "/demo/pairing-code", { body: { kind: "station" } }); }

  /** Where a card's holder is signed in, or may sign in, here and now. */
  standing(card) { return this.call("POST", "/station/card", { body: { card } }); }

  /** In, or out who is in. */
  scan(activity, key, card) { return this.call("POST", `/activities/${activity}/scan`, { body: { card }, key }); }

  /** A number and its PIN, for a proof that stands for the card. */
  prove(code, pin) { return this.call("POST", "/cards/prove", { body: { code, pin } }); }

  /** The code by which telephones sign in, with its drawing. */
  shownCode(activity) { return this.call("GET", `/activities/${activity}/code`); }
}
