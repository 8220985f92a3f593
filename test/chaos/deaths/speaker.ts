import { setTimeout as pause } from "node:timers/promises";
import type { RoomsWindow } from "../../support/browser-window.ts";

/** Between two lines, in milliseconds: so slow that a window, which shows 500, still shows all of them after twenty deaths, however fast the machine is. */
const PACE_MS = 600;
/** Between two looks whether one has its place. */
const LOOK_EVERY_MS = 100;
/** Nobody waits for longer than that for one line. */
const SAID_WITHIN_MS = 60_000;

/** Somebody at a window of a browser who says one numbered line after the other, each when the one before it has its place in the room. */
export class Speaker {
  readonly name: string;
  readonly window: RoomsWindow;
  /** What was said and has its place. */
  readonly said: string[] = [];
  /** How often a line had to be sent again with the button of the page. */
  retries = 0;
  #isEnding = false;
  #speaking: Promise<void> = Promise.resolve();

  constructor(name: string, window: RoomsWindow) {
    this.name = name;
    this.window = window;
  }

  start(): void {
    this.#speaking = this.#speak();
  }

  /** Ends with the line that is being said. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#speaking;
  }

  async #speak(): Promise<void> {
    while (!this.#isEnding) {
      await this.#say(`${this.name} ${this.said.length + 1}`);
      await pause(PACE_MS);
    }
  }

  /** @throws Error when the line does not get its place */
  async #say(line: string): Promise<void> {
    const endMs = performance.now() + SAID_WITHIN_MS;
    await this.window.say(line);
    while (!(await this.#hasPlace(line))) {
      if (performance.now() > endMs) throw new Error(`"${line}" has found no place`);
      // Who has just come back sees first whether it was heard.
      if (await this.window.isLive()) {
        const failed = await this.window.failed();
        if (failed > 0 && !(await this.#hasPlace(line))) {
          this.retries++;
          await this.window.retryAll();
        }
      }
      await pause(LOOK_EVERY_MS);
    }
    this.said.push(line);
  }

  async #hasPlace(line: string): Promise<boolean> {
    return (await this.window.sequenced()).some(({ text }) => text === line);
  }
}
