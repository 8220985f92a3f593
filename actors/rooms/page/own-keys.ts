import { readStored, writeStored } from "../../../runtime/pages/kit/stored.ts";

const KEY = "sent";
/** How many keys are remembered: enough for what a room keeps. */
const KEYS_MAX = 200;
const KEY_BYTES = 12;

/** The keys of the messages that this window sent, also before it was loaded anew. */
export class OwnKeys {
  #keys: string[] = (readStored(KEY, "window") ?? "").split(" ").filter(Boolean);

  has(key: string): boolean {
    return this.#keys.includes(key);
  }

  /** A key that nobody can guess: whoever could would make a message look like a repetition. */
  make(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
    const key = Array.from(bytes, (byte) => byte.toString(36).padStart(2, "0")).join("");
    this.#keys = [...this.#keys, key].slice(-KEYS_MAX);
    writeStored(KEY, this.#keys.join(" "), "window");
    return key;
  }
}
