import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pass } from "node:timers/promises";
import { sign } from "../../../runtime/identity/signature.ts";

/** How long one message has its entity compute, in milliseconds. */
const BURN_MS = 100;

/** Keeps an entity computing without a pause, by messages of a service. */
export class Burners {
  #isOver = false;
  readonly #all: readonly Promise<void>[];
  /** Messages that were answered. */
  burnt = 0;
  /** What others were answered, and how often. */
  readonly refused = new Map<string, number>();

  /** @param ids the entities; each is kept at work */
  constructor(url: string, dataDir: string, ids: readonly string[]) {
    const secret = readFileSync(join(dataDir, "push-key"), "utf8").trim();
    // Two at a time, so that the next one waits already.
    this.#all = [...ids, ...ids].map((id) => this.#burn(url, `/v1/messages/burner/${id}`, secret));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#all);
  }

  async #burn(url: string, path: string, secret: string): Promise<void> {
    const body = JSON.stringify({ kind: "burn", ms: BURN_MS });
    while (!this.#isOver) {
      const parts = { method: "POST", path, body, timestampMs: Date.now(), nonce: randomUUID() };
      const headers = sign({ id: "local", secret }, parts);
      const answer = await fetch(`${url}${path}?deadlineMs=30000`, { method: "POST", headers, body });
      const said = await answer.text();
      if (answer.status === 200) this.burnt++;
      else {
        this.refused.set(said, (this.refused.get(said) ?? 0) + 1);
        await pass(BURN_MS);
      }
    }
  }
}
