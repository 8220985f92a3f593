import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { forgetStored, readStored, writeStored } from "./stored.ts";
import { tokenIn } from "./token-in.ts";

const KEY = "operators-token";

/** The operators' token, as long as this window is open. It comes from a field, or behind the `#` of a link, which no browser sends to a server. */
export class OperatorToken {
  /** Undefined until there is one. */
  readonly value: Signal<string | undefined>;
  /** Whether the latest one was not known to the node. */
  readonly isRefused: Signal<boolean> = signal(false);

  constructor() {
    this.value = signal(readStored(KEY, "window"));
    this.#take();
    addEventListener("hashchange", () => this.#take());
  }

  keep(token: string): void {
    writeStored(KEY, token, "window");
    this.isRefused.value = false;
    this.value.value = token;
  }

  forget(): void {
    forgetStored(KEY, "window");
    this.value.value = undefined;
  }

  /** The node does not know it: whichever part of a page hears that first says so for all. */
  refuse(): void {
    this.isRefused.value = true;
    this.forget();
  }

  #take(): void {
    const token = tokenIn(location.hash);
    if (token === undefined) return;
    // It shall stand neither in the address bar nor in the history.
    history.replaceState(null, "", location.pathname + location.search);
    this.keep(token);
  }
}
