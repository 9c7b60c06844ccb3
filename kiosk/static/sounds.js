/* Three clearly different sounds and two quiet ones, made in the page: nothing is loaded. */

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
