/* Three clearly different sounds and two quiet ones, made in the page; and clips of a voice, joined. */

const TUNES = {
  taken: [[880, 0, 70]],
  removed: [[440, 0, 70]],
  done: [[523, 0, 140], [784, 140, 220]],
  refused: [[196, 0, 180], [196, 270, 180]],
  question: [[660, 0, 80], [660, 240, 80], [660, 480, 80]],
};
const VOLUME = { taken: 0.5, removed: 0.5, done: 0.5, refused: 0.6, question: 0.3 };

let context = null;

/** Browsers stay silent until somebody touches the page (a kiosk may be started without that). */
export function wakeSounds() {
  if (!globalThis.AudioContext) return;
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume().catch(() => {});
}

/** Play one of the tunes; without sound the screen still says everything. */
export function play(name) {
  wakeSounds();
  if (!context || context.state !== "running") return;
  for (const [hertz, startMs, lengthMs] of TUNES[name]) {
    const begin = context.currentTime + startMs / 1000;
    const end = begin + lengthMs / 1000;
    const tone = context.createOscillator();
    const loudness = context.createGain();
    tone.type = name === "refused" ? "triangle" : "sine";
    tone.frequency.value = hertz;
    loudness.gain.setValueAtTime(0.0001, begin);
    loudness.gain.exponentialRampToValueAtTime(VOLUME[name], begin + 0.008);
    loudness.gain.exponentialRampToValueAtTime(0.0001, end);
    tone.connect(loudness).connect(context.destination);
    tone.start(begin);
    tone.stop(end + 0.02);
  }
}

// A voice begins when the tone is over, and breathes between phrases.
const AFTER_TONE_S = 0.5;
const BREATH_S = 0.09;
const KEPT = 80;
const clips = new Map();
let speaking = [];
let round = 0;

async function clip(address) {
  if (!clips.has(address)) {
    const answer = await fetch(address);
    if (!answer.ok) return null;
    clips.set(address, await context.decodeAudioData(await answer.arrayBuffer()));
    if (clips.size > KEPT) clips.delete(clips.keys().next().value);
  }
  return clips.get(address);
}

/** Play these files one after the other; the promise gives how many seconds they take in all. */
export async function playClips(addresses) {
  wakeSounds();
  if (!context || context.state !== "running") return 0;
  const mine = round;
  const loaded = await Promise.all(addresses.map((address) => clip(address).catch(() => null)));
  if (mine !== round) return 0;
  let at = context.currentTime + AFTER_TONE_S;
  const began = at;
  for (const buffer of loaded) {
    if (!buffer) continue;
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    source.start(at);
    speaking.push(source);
    at += buffer.duration + BREATH_S;
  }
  return at - began;
}

/** Be silent at once. */
export function hushClips() {
  round += 1;
  for (const source of speaking) source.stop();
  speaking = [];
}
