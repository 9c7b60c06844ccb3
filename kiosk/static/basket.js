/* The basket (购物篮): per product how many pieces were scanned and how many tapped. They are kept
   apart because a scanned piece is in the hand, whatever the books say. */

export class Basket {
  constructor(lines = []) {
    this.pieces = new Map();
    for (const line of lines) this.put(line.sku, line.quantity, line.scanned);
  }

  get isEmpty() { return this.pieces.size === 0; }

  get count() {
    return [...this.pieces.values()].reduce((sum, line) => sum + line.scanned + line.tapped, 0);
  }

  quantity(sku) {
    const line = this.pieces.get(sku);
    return line ? line.scanned + line.tapped : 0;
  }

  put(sku, quantity = 1, scanned = false) {
    const line = this.pieces.get(sku) ?? { sku, scanned: 0, tapped: 0 };
    line[scanned ? "scanned" : "tapped"] += quantity;
    this.pieces.set(sku, line);
  }

  /** Take one piece out; a tapped one goes first, because nobody holds it yet. */
  take(sku) {
    const line = this.pieces.get(sku);
    if (!line) return;
    line[line.tapped > 0 ? "tapped" : "scanned"] -= 1;
    if (line.scanned + line.tapped === 0) this.pieces.delete(sku);
  }

  remove(sku) { this.pieces.delete(sku); }

  copy() { return new Basket(this.lines()); }

  skus() { return [...this.pieces.keys()]; }

  /** As the API wants them: one line per product and way of putting it in. */
  lines() {
    return [...this.pieces.values()].flatMap(({ sku, scanned, tapped }) => [
      ...(scanned ? [{ sku, quantity: scanned, scanned: true }] : []),
      ...(tapped ? [{ sku, quantity: tapped, scanned: false }] : []),
    ]);
  }

  total(prices) {
    return this.skus().reduce((sum, sku) => sum + this.quantity(sku) * (prices(sku) ?? 0), 0);
  }
}
