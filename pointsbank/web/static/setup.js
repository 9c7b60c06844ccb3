// What the set-up's pages try out on the machine that shows them: camera, scanner, sound, clock; and
// the rehearsal, which ends by itself once the kiosk has bought.

import { Camera } from '/kiosk/static/camera.js';
import { isCardCode, bare } from '/kiosk/static/codes.js';
import { play } from '/kiosk/static/sounds.js';

const find = (selector, within = document) => within.querySelector(selector);
const filled = (words, facts) => words.replace(/\{(\w+)\}/g, (_, name) => facts[name]);

function tell(part, words, kind = '') {
  const verdict = find('[data-verdict]', part);
  verdict.textContent = words;
  verdict.dataset.kind = kind;
}

// A neighbour's card may come before the lens as well: its code is never shown.
const shown = (code) => (isCardCode(bare(code)) ? '••••' : code);

// ── camera ────────────────────────────────────────────────────────────────────────────

async function startCamera(part) {
  const camera = new Camera({
    wasm: part.dataset.wasm,
    onCode: (text) => {
      const same = text === part.dataset.text;
      tell(part, same ? part.dataset.read : part.dataset.other, same ? 'in' : 'stop');
      if (same) play('done');
    },
  });
  if (!(await camera.start())) return tell(part, part.dataset.none, 'stop');
  find('[data-picture]', part).replaceChildren(camera.video);
  tell(part, part.dataset.looks);
}

// ── scanner ───────────────────────────────────────────────────────────────────────────

const FAST_MS = 60;
const OPEN_AFTER_MS = 1200;

function watchScanner(part) {
  const field = find('[data-field]', part);
  const codes = part.dataset.codes.split(' ');
  let times = [], composed = false, timer = 0;

  function judge(end) {
    clearTimeout(timer);
    const came = field.value;
    if (came === '') return;
    find('[data-came]', part).textContent = shown(came) + (end === 'Enter' ? ' ⏎' : end === 'Tab' ? ' ⇥' : '');
    const typedMs = times.length > 1 ? (times.at(-1) - times[0]) / (times.length - 1) : 0;
    const words = part.dataset;
    if (composed || /[\uff01-\uff5e]/.test(came)) tell(part, words.input, 'stop');
    else if (end === 'Tab') tell(part, words.tab, 'stop');
    else if (end === 'open') tell(part, words.open, 'stop');
    else if (!codes.includes(came)) tell(part, filled(words.other, { n: came.length }), 'stop');
    else tell(part, filled(words.right, { code: came }) + (typedMs > FAST_MS ? ` ${words.slow}` : ''), 'in');
    field.value = '';
    times = [];
    composed = false;
  }

  field.addEventListener('compositionstart', () => { composed = true; });
  field.addEventListener('keydown', (event) => {
    if (event.isComposing || event.key === 'Process') composed = true;
    if (event.key === 'Enter') { event.preventDefault(); return judge('Enter'); }
    // Whoever goes on by keyboard alone presses Tab in an empty field.
    if (event.key === 'Tab' && field.value !== '') { event.preventDefault(); return judge('Tab'); }
    if (event.key.length === 1) times.push(performance.now());
    clearTimeout(timer);
    timer = setTimeout(() => judge('open'), OPEN_AFTER_MS);
  });
  find('[data-scan]', part).addEventListener('submit', (event) => event.preventDefault());
}

// ── clock ─────────────────────────────────────────────────────────────────────────────

const SAME_SECONDS = 3;
const SHOP_ZONE = 'Asia/Shanghai';
const local = (moment, timeZone) => new Intl.DateTimeFormat('sv-SE', {
  dateStyle: 'short', timeStyle: 'medium', timeZone,
}).format(moment);

async function watchClock(part) {
  const asked = Date.now();
  const answer = await fetch(part.dataset.clock, { cache: 'no-store' });
  const back = Date.now();
  if (!answer.ok) return;
  const { now } = await answer.json();
  const ahead = new Date(now).getTime() - (asked + back) / 2;
  const tick = () => {
    find('[data-server]', part).textContent = local(Date.now() + ahead, SHOP_ZONE);
    find('[data-browser]', part).textContent = local(Date.now());
  };
  tick();
  setInterval(tick, 1000);
  const seconds = Math.round(Math.abs(ahead) / 1000);
  const same = seconds <= SAME_SECONDS;
  const elsewhere = local(0) !== local(0, SHOP_ZONE);
  const words = filled(same ? part.dataset.same : part.dataset.differs, { n: seconds });
  tell(part, elsewhere ? `${words} ${part.dataset.zone}` : words, same && !elsewhere ? 'in' : 'stop');
}

// ── rehearsal ─────────────────────────────────────────────────────────────────────────

const LOOK_EVERY_MS = 2000;
const END_AFTER_MS = 6000;

function watchRehearsal(part) {
  const words = find('[data-verdict]', part).dataset.bought;
  const timer = setInterval(async () => {
    let told;
    try {
      told = await (await fetch(part.dataset.rehearsal, { cache: 'no-store' })).json();
    } catch {
      // The next look comes soon; the button is there as well.
      return;
    }
    if (!told.open) { clearInterval(timer); location.reload(); return; }
    if (told.purchases === 0) return;
    clearInterval(timer);
    tell(part, words, 'in');
    setTimeout(() => find('[data-end]', part).requestSubmit(), END_AFTER_MS);
  }, LOOK_EVERY_MS);
}

for (const part of document.querySelectorAll('[data-camera]')) {
  find('[data-start]', part).addEventListener('click', () => void startCamera(part));
}
for (const part of document.querySelectorAll('[data-scanner]')) watchScanner(part);
for (const part of document.querySelectorAll('[data-clock]')) void watchClock(part);
for (const part of document.querySelectorAll('[data-rehearsal]')) watchRehearsal(part);
for (const button of document.querySelectorAll('[data-tune]')) {
  button.addEventListener('click', () => play(button.dataset.tune));
}
