/* Builds elements and brings the page up to date with them. Elements that stay are kept, so that
   a finger that is on a button while an answer arrives still presses it, and focus stays put. */

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "use", "path", "circle", "rect"]);

/** `h("p", {class: "x"}, "text", child)`: no markup is ever parsed from text. */
export function h(tag, attributes = {}, ...children) {
  const element = SVG_TAGS.has(tag)
    ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(4)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    element.append(child);
  }
  return element;
}

/** An icon from the shared sprite; it always stands beside a word. */
export function icon(name, kind = "") {
  return h("svg", { class: `k-icon ${kind}`.trim(), viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
    h("use", { href: `/static/icons.svg#${name}` }));
}

/** The drawing of a product; the name beside it says what it is. */
export function picture(name, kind = "") {
  const file = encodeURIComponent(name || "box");
  return h("img", { class: `k-picture ${kind}`.trim(), src: `/static/goods/${file}.svg`, alt: "", draggable: "false" });
}

/** Make `live` look like `wanted`, keeping every element that can stay. */
export function bringUpToDate(live, wanted) {
  if (live.nodeType !== wanted.nodeType || live.nodeName !== wanted.nodeName
    || keyOf(live) !== keyOf(wanted)) {
    live.replaceWith(wanted);
    return;
  }
  if (live.nodeType === Node.TEXT_NODE) {
    if (live.data !== wanted.data) live.data = wanted.data;
    return;
  }
  for (const { name } of [...live.attributes]) {
    if (!wanted.hasAttribute(name)) live.removeAttribute(name);
  }
  for (const { name, value } of [...wanted.attributes]) {
    if (live.getAttribute(name) !== value) live.setAttribute(name, value);
  }
  bringChildrenUpToDate(live, wanted);
}

function keyOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.getAttribute("data-key") : null;
}

function bringChildrenUpToDate(live, wanted) {
  const next = [...wanted.childNodes];
  const byKey = new Map([...live.childNodes].filter(keyOf).map((node) => [keyOf(node), node]));
  next.forEach((child, place) => {
    let there = live.childNodes[place];
    const moved = keyOf(child) && byKey.get(keyOf(child));
    if (moved && moved !== there) {
      live.insertBefore(moved, there ?? null);
      there = moved;
    }
    if (there) bringUpToDate(there, child);
    else live.append(child);
  });
  while (live.childNodes.length > next.length) live.lastChild.remove();
}
