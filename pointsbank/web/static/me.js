// The cardholder's own page. Without this script everything works by typing and by pressing buttons.

const READ_MS = 3000;
const SIGN = /^#sign=([A-Z][0-9]{6,18}-[0-9])\.([0-9]{6})$/;
const CARD = /^#([0-9]{8}|[A-Za-z2-7]{24})$/;

// Whoever scans an address brings the card behind its #, which no server and no log ever sees. It is
// taken out of the address at once, so that it stays in no history either.
function takeCard() {
  const found = CARD.exec(location.hash);
  if (found === null) return '';
  history.replaceState(null, '', location.pathname + location.search);
  return found[1];
}

function fillIn(form, card) {
  const field = form.elements.namedItem('card');
  field.value = card.length === 8 ? `${card.slice(0, 4)} ${card.slice(4)}` : card;
  form.elements.namedItem('pin').focus();
}

// A sign-in code lives for half a minute: it is shown to the bank at once, before anybody logs in.
function takeSign() {
  const found = SIGN.exec(location.hash);
  const form = document.querySelector('[data-arrive]');
  if (found === null || form === null) return;
  history.replaceState(null, '', location.pathname + location.search);
  form.elements.namedItem('activity').value = found[1];
  form.elements.namedItem('code').value = found[2];
  form.submit();
}
takeSign();
// The same where the page is open already: then only what stands behind the # changes.
window.addEventListener('hashchange', takeSign);

// Whoever came by a code that is right has nothing more to press.
document.querySelector('[data-at-once]')?.requestSubmit();

const card = takeCard();
const login = document.querySelector('[data-me-login]');
if (card !== '') {
  const tail = document.querySelector('[data-card-tail]')?.dataset.cardTail ?? '';
  if (login !== null) fillIn(login, card);
  // Another card than the one that is in: its holder is asked for the PIN.
  else if (card.length !== 8 || !card.endsWith(tail)) location.replace(`/me/login?other=1#${card}`);
}

// News that lay open long enough to be read are told; the button says so at once.
function tell(form) {
  if (document.visibilityState !== 'visible') return void setTimeout(() => tell(form), READ_MS);
  fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)), redirect: 'manual' }).catch(() => {});
}
const news = document.querySelector('[data-news]');
if (news !== null) setTimeout(() => tell(news), READ_MS);

// A page that the browser kept aside is asked for again: its login may have ended.
window.addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
