import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { sign } from "../../runtime/identity/signature.ts";
import type { Complaints } from "./complaints.ts";
import type { RoomLedger } from "./room-ledger.ts";

const PUSH_PATH = "/chatroom/push";
const PAGE_PATH = "/v1/openapi.json";

/** What a service needs to push. */
export interface ServiceParts {
  readonly name: string;
  /** The URL of the listener. */
  readonly url: string;
  readonly key: { readonly id: string; readonly secret: string };
  readonly ledger: RoomLedger;
  readonly complaints: Complaints;
  readonly everyMs: number;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * A service that pushes into a room and reads a page in turns, over one kept connection. Nothing is tried again: a
 * request that fails is a complaint.
 */
export class Service {
  readonly #parts: ServiceParts;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  requests = 0;
  /** Connections that had to be made. */
  connections = 0;
  worstWaitMs = 0;

  constructor(parts: ServiceParts) {
    this.#parts = parts;
  }

  async work(isOver: () => boolean): Promise<void> {
    for (let pushed = 1; !isOver(); pushed++) {
      await this.#push(`${this.#parts.name} ${pushed}`);
      await this.#expectOk("GET", PAGE_PATH, undefined, {});
      await pause(this.#parts.everyMs);
    }
    this.#agent.destroy();
  }

  async #push(words: string): Promise<void> {
    const { key, ledger } = this.#parts;
    const body = JSON.stringify({ room: ledger.room, data: words });
    const parts = { method: "POST", path: PUSH_PATH, body, timestampMs: Date.now(), nonce: randomUUID() };
    const answer = await this.#expectOk("POST", PUSH_PATH, body, sign(key, parts));
    if (answer !== undefined) ledger.accepted((JSON.parse(answer) as { offset: number }).offset, words);
  }

  async #expectOk(
    method: string,
    path: string,
    body: string | undefined,
    headers: Record<string, string>,
  ): Promise<string | undefined> {
    const { complaints, name } = this.#parts;
    const sentAtMs = performance.now();
    this.requests++;
    try {
      const answer = await this.#send(method, path, body, headers);
      this.worstWaitMs = Math.max(this.worstWaitMs, performance.now() - sentAtMs);
      if (answer.status === 200) return answer.body;
      complaints.add(`${name}: ${method} ${path} was answered ${answer.status} ${answer.body.slice(0, 200)}`);
    } catch (error) {
      complaints.add(`${name}: ${method} ${path} failed: ${String(error)}`);
    }
    return undefined;
  }

  #send(
    method: string,
    path: string,
    body: string | undefined,
    headers: Record<string, string>,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = request(this.#parts.url + path, { method, agent: this.#agent, headers }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
        response.on("error", reject);
      });
      call.on("error", reject);
      call.on("socket", () => {
        if (!call.reusedSocket) this.connections++;
      });
      call.end(body);
    });
  }
}
