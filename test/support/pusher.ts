import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pass } from "node:timers/promises";
import { sign } from "../../runtime/identity/signature.ts";

const PATH = "/chatroom/push";
/** How soon something is pushed again that was not taken, and for how long at most, in milliseconds. */
const AGAIN_AFTER_MS = 20;
const GIVE_UP_AFTER_MS = 60_000;

/** What a push was answered. */
export interface Pushed {
  readonly status: number;
  readonly body: { readonly epoch?: string; readonly offset?: number; readonly code?: string };
}

/** A service that pushes with the key that a node has made for its own machine. */
export class Pusher {
  readonly #url: string;
  readonly #secret: string;
  /** How often something was sent again. */
  repetitions = 0;

  constructor(url: string, dataDir: string) {
    this.#url = url;
    this.#secret = readFileSync(join(dataDir, "push-key"), "utf8").trim();
  }

  /** Pushes once. Rejects when the connection breaks. */
  async push(content: object): Promise<Pushed> {
    const body = JSON.stringify(content);
    const parts = { method: "POST", path: PATH, body, timestampMs: Date.now(), nonce: randomUUID() };
    const headers = {
      ...sign({ id: "local", secret: this.#secret }, parts),
      "content-type": "application/json",
    };
    const response = await fetch(this.#url + PATH, { method: "POST", headers, body });
    return { status: response.status, body: (await response.json()) as Pushed["body"] };
  }

  /** Pushes until it is taken; `content` has an id, so that it is posted once. @throws Error with the latest answer, after a minute */
  async pushUntilTaken(content: Readonly<Record<"id" | "room", string>> & { readonly data: unknown }) {
    const endMs = performance.now() + GIVE_UP_AFTER_MS;
    for (;;) {
      const answer = await this.push(content).catch((error: unknown) => error as Error);
      if (!(answer instanceof Error) && answer.status === 200) return answer.body;
      if (performance.now() > endMs) throw new Error(`never taken: ${JSON.stringify(answer)}`);
      this.repetitions++;
      await pass(AGAIN_AFTER_MS);
    }
  }
}
