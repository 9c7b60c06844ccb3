// While a name, a number or a telephone is being typed, shows who is registered with the same. It only
// shows: whoever looks and says that they are two people is right.

const WAIT = 400;
const box = document.getElementById('similar');
const fields = ['name', 'number', 'phone']
  .map((name) => document.getElementById(`f-${name}`))
  .filter((field) => field !== null);

let asking = null;
let waiting = 0;

function line(person) {
  const item = document.createElement('li');
  const link = document.createElement('a');
  link.href = person.href;
  link.target = '_blank';
  link.rel = 'noopener';
  link.textContent = person.number;
  const why = document.createElement('b');
  why.textContent = person.why;
  const says = document.createElement('span');
  says.textContent = person.says;
  item.append(link, why, says);
  return item;
}

function show(people) {
  box.querySelector('ul').replaceChildren(...people.map(line));
  box.hidden = people.length === 0;
}

async function look() {
  asking?.abort();
  asking = new AbortController();
  const wanted = new URLSearchParams();
  for (const field of fields) {
    if (field.value.trim() !== '') wanted.set(field.name, field.value.trim());
  }
  if ([...wanted].length === 0) return show([]);
  try {
    const answer = await fetch(`${box.dataset.similar}?${wanted}`, { signal: asking.signal });
    // Whoever is logged out meanwhile, or asked too often, simply is shown nobody.
    show(answer.ok && !answer.redirected ? (await answer.json()).people : []);
  } catch (trouble) {
    if (trouble.name !== 'AbortError') show([]);
  }
}

if (box !== null) {
  for (const field of fields) {
    field.addEventListener('input', () => {
      clearTimeout(waiting);
      waiting = setTimeout(look, WAIT);
    });
  }
  // A form that came back with a refusal is filled in already.
  look();
}
