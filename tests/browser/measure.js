/* What the eye would stumble over on this page, measured: one function, run in the page by
   `measuring.py`. Text, targets and boxes are those that are really shown; what is veiled behind an
   open question (`inert`) and what only a screen reader is told are left out. */
({ textFrom, targetFrom, sun }) => {
  // A page that counts what fits must have heard of the glass that it stands on now.
  globalThis.dispatchEvent(new Event("resize"));
  const found = { small: [], targets: [], overflow: [], covered: [], broken: [], yellow: [] };
  const styles = new Map();
  const styleOf = (element) => {
    if (!styles.has(element)) styles.set(element, getComputedStyle(element));
    return styles.get(element);
  };
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && !element.closest("[inert]") && !spokenOnly(element);
  const spokenOnly = (element) => {
    for (let one = element; one; one = one.parentElement) {
      if (styleOf(one).clipPath === "inset(50%)") return true;
    }
    return false;
  };
  const named = (element) => `<${element.tagName.toLowerCase()} ${element.className || element.dataset.role || ""}>`;
  const said = (text) => JSON.stringify(text.trim().replace(/\s+/g, " ").slice(0, 40));
  const rectsOf = (node, from, to) => {
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, to);
    return [...range.getClientRects()].filter((rect) => rect.width > 1);
  };
  const crosses = (rect, box, slack = 1.5) => {
    // Letters are lower than the line that they stand on: only their middle has to be inside.
    const spare = rect.height * 0.2;
    return rect.left < box.left - slack || rect.right > box.right + slack
      || rect.top + spare < box.top - slack || rect.bottom - spare > box.bottom + slack;
  };

  /** A box that text may not leave: a button, or whatever cuts off or draws an edge around it. */
  const holdsText = (element) => {
    const style = styleOf(element);
    if (style.display === "inline" || style.display === "contents") return false;
    return element.matches("button, a, p, h1, h2, h3, td, th, li") || style.overflowX !== "visible"
      || Number.parseFloat(style.borderLeftWidth) > 0 || style.backgroundColor !== "rgba(0, 0, 0, 0)";
  };
  const scrolls = (element) => /auto|scroll/.test(styleOf(element).overflowX + styleOf(element).overflowY);

  const readText = (node) => {
    const text = node.data;
    const element = node.parentElement;
    if (!text.trim() || !element || !isShown(element)) return;
    const isDrawing = element.closest("svg, .k-seal, .seal") !== null;
    const size = Number.parseFloat(styleOf(element).fontSize);
    if (!isDrawing && size < textFrom) found.small.push(`${said(text)} ${size} px ${named(element)}`);
    const rects = rectsOf(node, 0, text.length);
    const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
    let inScroller = false;
    for (let box = element; box && box !== document.body; box = box.parentElement) {
      if (scrolls(box)) { inScroller = true; break; }
      if (holdsText(box) && rects.some((rect) => crosses(rect, box.getBoundingClientRect()))) {
        found.overflow.push(`${said(text)} leaves ${named(box)}`);
        break;
      }
    }
    if (!inScroller && rects.some((rect) => crosses(rect, screen))) found.overflow.push(`${said(text)} leaves the screen`);
    if (isDrawing || inScroller) return;
    for (const rect of rects) {
      const middle = (rect.top + rect.bottom) / 2;
      for (const x of [rect.left + 2, (rect.left + rect.right) / 2, rect.right - 2]) {
        const top = document.elementFromPoint(x, middle);
        // What an open question stands over is meant to be veiled.
        if (top && !top.contains(element) && !element.contains(top) && !(top.closest(".k-over") && !element.closest(".k-over"))) {
          found.covered.push(`${said(text)} lies under ${named(top)}`);
          break;
        }
      }
    }
    for (const word of text.matchAll(/[\p{Script=Latin}\d]{2,}/gu)) {
      const tops = new Set(rectsOf(node, word.index, word.index + word[0].length).map((rect) => Math.round(rect.top)));
      if (tops.size > 1) found.broken.push(`${said(word[0])} in ${said(text)}`);
    }
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) readText(walker.currentNode);
  for (const element of document.body.querySelectorAll("*")) {
    if (!isShown(element)) continue;
    const box = element.getBoundingClientRect();
    if (element.matches("button, a[href], input, select, summary")) {
      const least = Math.min(box.width, box.height);
      if (least < targetFrom - 0.5) found.targets.push(`${said(element.textContent)} ${Math.round(least)} px ${named(element)}`);
    }
    // Where text is cut off by its box it can no longer be seen that it leaves it.
    if (element.clientWidth > 0 && !scrolls(element) && !element.closest("svg") && element.textContent.trim()
      && element.scrollWidth > element.clientWidth + 1 && styleOf(element).overflowX !== "visible") {
      found.overflow.push(`${said(element.textContent)} is cut off in ${named(element)} by ${element.scrollWidth - element.clientWidth} px`);
    }
    if (sun.includes(styleOf(element).backgroundColor) && box.width * box.height > 400) {
      found.yellow.push(`${said(element.textContent)} ${named(element)}`);
    }
  }
  const placed = (role) => {
    // Where something was refused, a second button beside the sentence calls for help as well.
    const element = document.querySelector(`.k-foot [data-role="${role}"]`);
    if (!element) return null;
    const { left, top, width, height } = element.getBoundingClientRect();
    return [left, top, width, height].map(Math.round);
  };
  return { ...found, exit: placed("exit"), machine: placed("machine"), help: placed("help") };
}
