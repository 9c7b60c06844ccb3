/* One request, sent again until the bank has answered: a refusal ends it, silence does not. */

import { Refusal } from "./api.js";

export const ASK_AGAIN_MS = 1500;

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * The answer. What was refused is thrown at once; silence after so many tries, or when `isOver`, as on
 * a page whose person has gone. `send` sends the same each time, under one key.
 */
export async function sendUntilAnswered(send, { tries, isOver = () => false }) {
  for (let tried = 1; ; tried += 1) {
    try {
      return await send();
    } catch (problem) {
      if (problem instanceof Refusal || tried >= tries || isOver()) throw problem;
    }
    await pause(ASK_AGAIN_MS);
  }
}
