const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

/** What stands for a field that nobody wants. */
export const MISSING = -1;

/** Walks over JSON in a buffer without making anything of it. */
export class JsonScan {
  readonly bytes: Uint8Array;
  at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.at = start;
    this.#end = end;
  }

  skipSpace(): void {
    while (this.at < this.#end && (this.bytes[this.at] as number) <= SPACE) this.at++;
  }

  eat(code: number): boolean {
    if (this.at >= this.#end || this.bytes[this.at] !== code) return false;
    this.at++;
    return true;
  }

  /** Whether nothing but space is left. */
  isDone(): boolean {
    this.skipSpace();
    return this.at === this.#end;
  }

  skipString(): boolean {
    const { bytes } = this;
    if (!this.eat(QUOTE)) return false;
    let at = this.at;
    for (; at < this.#end; at++) {
      const code = bytes[at];
      if (code === QUOTE) {
        this.at = at + 1;
        return true;
      }
      if (code === BACKSLASH) at++;
    }
    return false;
  }

  /** Any value; what is no text, object or array goes up to what ends it. */
  skipValue(): boolean {
    const code = this.bytes[this.at];
    if (this.at >= this.#end) return false;
    if (code === QUOTE) return this.skipString();
    if (code === OPEN_BRACE || code === OPEN_BRACKET) return this.#skipNested();
    const from = this.at;
    while (this.at < this.#end && !endsWord(this.bytes[this.at] as number)) this.at++;
    return this.at > from;
  }

  #skipNested(): boolean {
    let depth = 0;
    while (this.at < this.#end) {
      const code = this.bytes[this.at];
      if (code === QUOTE) {
        if (!this.skipString()) return false;
        continue;
      }
      this.at++;
      if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
      else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
      if (depth === 0) return true;
    }
    return false;
  }
}

function endsWord(code: number): boolean {
  return code <= SPACE || code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET;
}
