/* Reads codes by the camera (摄像头扫码). The decoder comes from this server, never from elsewhere.
   A card code checks itself; a barcode of goods must be read twice alike, because no decoder is
   free of false reads. */

import { readCode } from "./codes.js";

const FORMATS = ["QRCode", "EAN13", "EAN8", "UPCA", "Code128"];
const LOOK_EVERY_MS = 150;
const GONE_AFTER_MS = 1500;
const WIDTH = 1280;
const HEIGHT = 720;

/** "granted", "prompt" or "none": may we look without disturbing anybody with a question? */
export async function cameraPermission() {
  if (!navigator.mediaDevices?.getUserMedia) return "none";
  const devices = await navigator.mediaDevices.enumerateDevices();
  if (!devices.some((device) => device.kind === "videoinput")) return "none";
  try {
    const answer = await navigator.permissions.query({ name: "camera" });
    return answer.state === "denied" ? "none" : answer.state;
  } catch {
    return "prompt";
  }
}

/** A camera that hands what it reads to the same function as the scanner. */
export class Camera {
  constructor({ onCode, wasm, decoder = globalThis.ZXingWASM }) {
    this.onCode = onCode;
    this.wasm = wasm;
    this.decoder = decoder;
    this.seenAt = new Map();
    this.once = "";
    this.running = false;
  }

  /** Ask for the camera and begin to look; says whether it works. */
  async start() {
    if (this.running) return true;
    try {
      this.decoder.prepareZXingModule({
        overrides: { locateFile: (path, prefix) => (path.endsWith(".wasm") ? this.wasm : prefix + path) },
      });
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: false, video: { width: { ideal: WIDTH }, height: { ideal: HEIGHT } },
      });
      this.video = document.createElement("video");
      this.video.muted = true;
      this.video.playsInline = true;
      this.video.srcObject = stream;
      await this.video.play();
    } catch {
      return false;
    }
    this.canvas = new OffscreenCanvas(WIDTH, HEIGHT);
    this.running = true;
    this.look();
    return true;
  }

  async look() {
    while (this.running) {
      if (!document.hidden) await this.readFrame();
      await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    }
  }

  async readFrame() {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (!width) return;
    this.canvas.width = width;
    this.canvas.height = height;
    const pen = this.canvas.getContext("2d", { willReadFrequently: true });
    pen.drawImage(this.video, 0, 0);
    try {
      const found = await this.decoder.readBarcodes(pen.getImageData(0, 0, width, height), {
        formats: FORMATS, tryHarder: true, maxNumberOfSymbols: 1,
      });
      this.found(found.map((one) => one.text).filter(Boolean)[0] ?? "");
    } catch {
      this.running = false;
    }
  }

  /** Pass on what was read, once per showing: a code that stays in view is not a second scan. */
  found(text) {
    if (!text) return;
    const at = performance.now();
    const { kind, code } = readCode(text);
    const before = this.seenAt.get(code) ?? -Infinity;
    this.seenAt.set(code, at);
    if (at - before < GONE_AFTER_MS && this.once !== code) return;
    if (kind === "misread") return;
    const checksItself = kind === "card" || kind === "cancel";
    if (!checksItself && this.once !== code) {
      this.once = code;
      return;
    }
    this.once = "";
    this.onCode(text, "camera");
  }
}
