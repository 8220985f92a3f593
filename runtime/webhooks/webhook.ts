import type { Attempt } from "../../protocols/endpoint.ts";
import type { Delivery, Transport } from "./delivery.ts";
import { exchange, failureOf } from "./http-exchange.ts";
import { judgeStatus } from "./http-verdict.ts";
import { webhookHeaders } from "./webhook-signature.ts";

/** Where a webhook goes. */
export interface WebhookTarget {
  readonly url: string;
  /** Signs each request; without it nobody can tell where a request comes from. */
  readonly secret?: string | undefined;
}

/** Posts each delivery as JSON, signed: `{ type, timestamp, data }`, with its id in the header `webhook-id`. */
export class Webhook implements Transport {
  readonly #target: WebhookTarget;
  readonly #wallMs: () => number;

  constructor(target: WebhookTarget, wallMs: () => number) {
    this.#target = target;
    this.#wallMs = wallMs;
  }

  async send({ id, type, atMs, data }: Delivery, signal: AbortSignal): Promise<Attempt> {
    const { url, secret } = this.#target;
    const body = JSON.stringify({ type, timestamp: new Date(atMs).toISOString(), data });
    const signed = webhookHeaders(secret, { id, timestamp: Math.floor(this.#wallMs() / 1_000), body });
    const headers = { "content-type": "application/json", "user-agent": "banyan", ...signed };
    try {
      return judgeStatus(await exchange({ url, method: "POST", headers, body }, signal), this.#wallMs());
    } catch (error) {
      return { kind: "failed", text: failureOf(error) };
    }
  }
}
