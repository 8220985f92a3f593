import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { Client, SessionState } from "../../../runtime/client/client.ts";

const TICK_MS = 250;

/** The connection of this window, for the parts that show it. */
export class SessionView {
  readonly state: Signal<SessionState>;
  /** Whole seconds until the next try; 0 when none is waited for. */
  readonly retryInSeconds: Signal<number> = signal(0);
  readonly #client: Client;
  #retryAtMs = 0;

  constructor(client: Client) {
    this.#client = client;
    this.state = signal(client.state);
    client.onState((state) => this.#enter(state));
    setInterval(() => this.#tick(), TICK_MS);
    addEventListener("online", () => client.retry());
  }

  /** The id of this window among the members of a room. */
  get connection(): string | undefined {
    return this.state.value.kind === "open" ? this.state.value.connection : undefined;
  }

  retry(): void {
    this.#client.retry();
  }

  #enter(state: SessionState): void {
    this.#retryAtMs = state.kind === "waiting" ? Date.now() + state.delayMs : 0;
    this.#tick();
    this.state.value = state;
  }

  #tick(): void {
    this.retryInSeconds.value = Math.max(0, Math.ceil((this.#retryAtMs - Date.now()) / 1000));
  }
}
