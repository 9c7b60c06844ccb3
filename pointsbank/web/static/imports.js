// A file that is too large is told before it travels; a list that is being checked or taken in is
// followed to its end. Without the script the server says the first, and the page fetches itself.

import { readPage } from './pages.js';

const EVERY_MS = 1000;
const PATIENCE = 30;

const file = document.querySelector('input[type="file"][data-most]');
file?.addEventListener('change', () => {
  const size = file.files[0]?.size ?? 0;
  file.setCustomValidity(size > Number(file.dataset.most) ? file.dataset.tooLarge : '');
  file.reportValidity();
});

const shown = document.querySelector('[data-following]');
let missed = 0;

// Only the bar and its words change, so that the focus stays where it is.
function show(fresh) {
  const [bar, said] = [shown.querySelector('progress'), shown.querySelector('[data-said]')];
  const now = fresh.querySelector('progress');
  if (now.hasAttribute('value')) {
    bar.max = now.max;
    bar.value = now.value;
  }
  said.textContent = fresh.querySelector('[data-said]').textContent;
}

async function look() {
  try {
    const answer = await readPage(location.href);
    // Whoever is logged out is not followed any more.
    if (answer.redirected) return location.reload();
    if (!answer.ok) throw new Error('no page');
    const fresh = answer.page.querySelector('[data-following]');
    const buttons = (part) => part.querySelectorAll('button').length;
    if (fresh?.dataset.following !== shown.dataset.following || buttons(fresh) !== buttons(shown)) {
      return location.reload();
    }
    show(fresh);
    missed = 0;
  } catch {
    missed += 1;
    if (missed > PATIENCE) return;
  }
  setTimeout(look, EVERY_MS);
}

if (shown !== null) setTimeout(look, EVERY_MS);
