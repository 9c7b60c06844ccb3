// Small comforts for the pages. Each page works without them: a link that would open a dialog leads
// to a page of its own, and the browser's menu prints.

import { readPage } from './pages.js';

const typing = (element) => element.closest('input, select, textarea, [contenteditable]') !== null;

document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target instanceof Element && typing(event.target)) return;
  const search = document.querySelector('[data-search]');
  if (search === null) return;
  event.preventDefault();
  search.focus();
  search.select();
});

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    // Without a clipboard the text still stands on the page and can be marked by hand.
    return;
  }
  const words = button.textContent;
  button.textContent = button.dataset.copied;
  setTimeout(() => { button.textContent = words; }, 2000);
}

function openDialog(event, name) {
  const dialog = document.getElementById(name);
  if (!(dialog instanceof HTMLDialogElement)) return;
  event.preventDefault();
  dialog.showModal();
}

// A row whose first link is its whole purpose opens on a click anywhere in it, unless text is being
// marked or something else in the row was meant.
function openRow(event, row) {
  if (event.target.closest('a, button, input, label, summary') !== null) return;
  if (String(document.getSelection()) !== '') return;
  row.querySelector('a')?.click();
}

// A scanner ends what it types with Enter; that leads on to the PIN and sends nothing yet.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement) || event.target.dataset.scan === undefined) return;
  event.preventDefault();
  event.target.form?.elements.namedItem('pin')?.focus();
});

// The demonstration's tray: a click is a scan into the field of this form.
for (const lying of document.querySelectorAll('[data-scans]')) {
  lying.closest('[data-script-only]').hidden = false;
  lying.addEventListener('click', () => {
    const fields = lying.closest('form').elements;
    fields.namedItem('badge').value = lying.dataset.scans;
    fields.namedItem('pin').focus();
  });
}

// Whoever opens a panel with a field for the scanner is about to scan.
document.addEventListener('toggle', (event) => {
  if (event.target instanceof HTMLDetailsElement && event.target.open) event.target.querySelector('[data-scan]')?.focus();
}, true);

document.addEventListener('click', (event) => {
  if (!(event.target instanceof Element)) return;
  const near = (name) => event.target.closest(name);
  const opener = near('[data-dialog]');
  if (opener !== null) return openDialog(event, opener.dataset.dialog);
  if (near('[data-close-dialog]') !== null) { event.preventDefault(); return near('dialog')?.close(); }
  if (near('[data-print]') !== null) return window.print();
  const copier = near('[data-copy]');
  if (copier !== null) return void copy(copier);
  const closer = near('[data-closes]');
  if (closer !== null) {
    sessionStorage.setItem(`closed:${closer.dataset.closes}`, '1');
    closer.closest('.banner')?.remove();
    return;
  }
  const row = near('[data-row-link]');
  if (row !== null) openRow(event, row);
});

// A form is sent once: the second touch of the same button would only be the same key again. An
// answer that is a download leaves the page standing, so the form opens again after a while.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post') return;
  if (form.dataset.sent === '1') { event.preventDefault(); return; }
  form.dataset.sent = '1';
  setTimeout(() => { delete form.dataset.sent; }, 5000);
});
window.addEventListener('pageshow', () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// One box that ticks all boxes of a name; without the script it is not there.
for (const all of document.querySelectorAll('[data-ticks]')) {
  all.closest('[data-script-only]').hidden = false;
  all.addEventListener('change', () => {
    for (const box of document.getElementsByName(all.dataset.ticks)) box.checked = all.checked;
  });
}

// What is under way tells by itself how far it has come; when it has ended, the whole page is new.
function keepFresh(area) {
  setTimeout(async () => {
    try {
      const { page } = await readPage(area.dataset.refresh);
      const fresh = page.getElementById(area.id);
      if (fresh?.dataset.refresh === undefined) return location.replace(area.dataset.refresh);
      if (fresh.textContent !== area.textContent) area.replaceChildren(...fresh.childNodes);
    } catch {
      // The line is down for a moment; the next round asks again.
    }
    return keepFresh(area);
  }, 1000);
}
for (const area of document.querySelectorAll('[data-refresh]')) keepFresh(area);

// A board or a code is asked again when it says so, for whoever looks at it from afar; not while
// somebody fills in something there.
function askAgain(area) {
  setTimeout(async () => {
    try {
      const inIt = area.contains(document.activeElement) && document.activeElement.tagName !== 'A';
      if (!inIt) {
        const { page } = await readPage(area.dataset.again);
        const fresh = page.getElementById(area.id);
        if (fresh === null) return location.reload();
        area.replaceWith(fresh);
        return askAgain(fresh);
      }
    } catch {
      // The line is down for a moment; the next round asks again.
    }
    return askAgain(area);
  }, Number(area.dataset.againSeconds) * 1000);
}
for (const area of document.querySelectorAll('[data-again-seconds]')) askAgain(area);

for (const closer of document.querySelectorAll('[data-closes]')) {
  if (sessionStorage.getItem(`closed:${closer.dataset.closes}`) === '1') closer.closest('.banner')?.remove();
  else closer.hidden = false;
}

// A page that the kiosk leads to goes back by itself: after a while without a touch, and at once
// when somebody scans, because a scanner types and ends with Enter.
for (const page of document.querySelectorAll('[data-return]')) {
  const IDLE_SECONDS = 90;
  const back = () => location.replace(page.dataset.return);
  let idle = setTimeout(back, IDLE_SECONDS * 1000);
  for (const touched of ['pointerdown', 'wheel', 'keydown', 'scroll']) {
    document.addEventListener(touched, (event) => {
      clearTimeout(idle);
      if (event.key === 'Enter' && event.target === document.body) back();
      else idle = setTimeout(back, IDLE_SECONDS * 1000);
    }, { passive: true });
  }
}
