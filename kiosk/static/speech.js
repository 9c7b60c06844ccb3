/* Reads sentences aloud (朗读) where the machine has a voice for the language. Where it has none,
   the switch says so and the tones remain. Speech stops at the next touch or scan. */

function voiceFor(language) {
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  return voices.find((voice) => voice.lang.replace("_", "-").startsWith(language.slice(0, 2)));
}

export function hasVoice(language) {
  return Boolean(voiceFor(language));
}

export function speak(text, language) {
  const voice = voiceFor(language);
  if (!voice || !text) return;
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.voice = voice;
  utterance.lang = voice.lang;
  utterance.rate = 0.9;
  globalThis.speechSynthesis.cancel();
  globalThis.speechSynthesis.speak(utterance);
}

export function hush() {
  globalThis.speechSynthesis?.cancel();
}
