// While a rulebook is being written, its services are tried out beside it. Without the script a button
// does the same, and a choice that other fields hang on is sent by that button.

import { readPage } from './pages.js';

const WAIT = 400;
const form = document.querySelector('[data-rulebook]');
const preview = document.getElementById('preview');

let asking = null;
let waiting = 0;

async function look() {
  asking?.abort();
  asking = new AbortController();
  const typed = new URLSearchParams(new FormData(form));
  typed.delete('badge');
  typed.delete('pin');
  try {
    const answer = await readPage(form.dataset.rulebook, { method: 'POST', body: typed, signal: asking.signal });
    // Whoever is logged out meanwhile sees it at the next button.
    if (answer.ok && !answer.redirected) preview.replaceChildren(...answer.page.body.childNodes);
  } catch (trouble) {
    if (trouble.name !== 'AbortError') preview.textContent = '';
  }
}

if (form !== null) {
  form.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, WAIT);
  });
  form.addEventListener('change', (event) => {
    if (event.target.dataset.again === undefined) return;
    clearTimeout(waiting);
    const row = event.target.closest('.rules-row, section');
    form.action = `${form.action.split('#')[0]}#${row?.id ?? ''}`;
    form.requestSubmit(form.querySelector('[name="step"][value="look"]'));
  });
}
