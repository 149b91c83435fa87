/**
 * The sounds of the console: two quiet notes each, made here, so that nothing is loaded. Of several
 * tabs only one sounds.
 */

const NOTES = {
  soft: [587, 440], // something was said
  call: [659, 880], // somebody is asked to come
};
const LENGTH = 0.16; // seconds of a note
const LOUDNESS = 0.08; // of 1

export class Sound {
  #speaks = true;
  /** @type {AudioContext | null} */
  #audio = null;

  constructor() {
    if (!navigator.locks) return; // without HTTPS every tab sounds
    this.#speaks = false;
    navigator.locks.request("remanso-console-sound", () => {
      this.#speaks = true;
      return new Promise(() => {}); // held for as long as the tab lives
    });
  }

  /** @param {keyof typeof NOTES} name */
  play(name) {
    if (!this.#speaks) return;
    this.#audio ??= new AudioContext();
    const audio = this.#audio;
    if (audio.state === "suspended") audio.resume().catch(() => {});
    NOTES[name].forEach((pitch, index) => {
      const start = audio.currentTime + index * LENGTH;
      const gain = audio.createGain();
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
      gain.gain.exponentialRampToValueAtTime(0.0001, start + 2 * LENGTH);
      const note = new OscillatorNode(audio, { frequency: pitch });
      note.connect(gain).connect(audio.destination);
      note.start(start);
      note.stop(start + 2 * LENGTH);
    });
  }
}
