import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { forgetStored, readStored, writeStored } from "./stored.ts";
import { tokenIn } from "./token-in.ts";

const KEY = "operators-token";

/** The operators' token, as long as this window is open. It comes from a field, or behind the `#` of a link, which no browser sends to a server. */
export class OperatorToken {
  /** Undefined until there is one. */
  readonly value: Signal<string | undefined>;

  constructor() {
    this.value = signal(readStored(KEY, "window"));
    this.#take();
    addEventListener("hashchange", () => this.#take());
  }

  keep(token: string): void {
    writeStored(KEY, token, "window");
    this.value.value = token;
  }

  forget(): void {
    forgetStored(KEY, "window");
    this.value.value = undefined;
  }

  #take(): void {
    const token = tokenIn(location.hash);
    if (token === undefined) return;
    // It shall stand neither in the address bar nor in the history.
    history.replaceState(null, "", location.pathname + location.search);
    this.keep(token);
  }
}
