import type { Attempt } from "../../protocols/endpoint.ts";
import type { Delivery, Transport } from "../webhooks/delivery.ts";
import { exchange, failureOf } from "../webhooks/http-exchange.ts";
import type { HttpAnswer, HttpCall } from "../webhooks/http-exchange.ts";
import { judgeStatus } from "../webhooks/http-verdict.ts";
import { noticeOf } from "./notice-delivery.ts";
import { noticeText } from "./notice-text.ts";

/** The longest text of a message, in characters: more would be split into several that are paid for. */
const TEXT_MAX = 160;

/** How a provider of text messages is called over HTTP. */
export interface SmsProvider {
  /** May hold {{to}} and {{text}}. */
  readonly url: string;
  readonly method: "POST" | "PUT" | "GET";
  readonly headers: Readonly<Record<string, string>>;
  /** With {{to}} and {{text}} where number and text belong; they are escaped as the content type asks for. */
  readonly body?: string | undefined;
  readonly to: readonly string[];
  /** What the answer holds when the provider has accepted; any 2xx unless given. */
  readonly accepted?: string | undefined;
}

/** Sends a text message to each number, through any provider that takes HTTP. */
export class Sms implements Transport {
  readonly #provider: SmsProvider;
  readonly #wallMs: () => number;
  /** Who has got the delivery under way: a repeated try leaves them in peace. */
  #told: { readonly id: string; readonly numbers: Set<string> } = { id: "", numbers: new Set() };

  constructor(provider: SmsProvider, wallMs: () => number) {
    this.#provider = provider;
    this.#wallMs = wallMs;
  }

  async send(delivery: Delivery, signal: AbortSignal): Promise<Attempt> {
    if (this.#told.id !== delivery.id) this.#told = { id: delivery.id, numbers: new Set() };
    const { numbers } = this.#told;
    const notice = noticeOf(delivery);
    const text = noticeText(notice.node, notice).title.slice(0, TEXT_MAX);
    for (const to of this.#provider.to.filter((number) => !numbers.has(number))) {
      const attempt = await this.#tell({ to, text }, signal);
      if (attempt.kind !== "delivered") return attempt;
      numbers.add(to);
    }
    return { kind: "delivered", text: `accepted for ${numbers.size} numbers` };
  }

  async #tell(values: Values, signal: AbortSignal): Promise<Attempt> {
    try {
      return this.#judge(await exchange(smsCall(this.#provider, values), signal));
    } catch (error) {
      return { kind: "failed", text: failureOf(error) };
    }
  }

  #judge(answer: HttpAnswer): Attempt {
    const { accepted } = this.#provider;
    const attempt = judgeStatus(answer, this.#wallMs());
    if (attempt.kind !== "delivered" || accepted === undefined || answer.text.includes(accepted)) {
      return attempt;
    }
    return { kind: "failed", text: `${attempt.text}, but the answer does not say that it was accepted` };
  }
}

interface Values {
  readonly to: string;
  readonly text: string;
}

/** The request for one number. Pure. */
export function smsCall({ url, method, headers, body }: SmsProvider, values: Values): HttpCall {
  const filled = body === undefined ? undefined : fill(body, values, escapeFor(headers));
  return { url: fill(url, values, encodeURIComponent), method, headers, body: filled };
}

function fill(template: string, values: Values, escape: (text: string) => string): string {
  return template.replaceAll(/\{\{(to|text)\}\}/g, (_, name: keyof Values) => escape(values[name]));
}

/** What a value must become to be nothing but a value where the template puts it. */
function escapeFor(headers: SmsProvider["headers"]): (text: string) => string {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  if (type.includes("json")) return (text) => JSON.stringify(text).slice(1, -1);
  if (type.includes("xml")) return (text) => text.replaceAll(/[<>&"']/g, entityOf);
  return type.includes("urlencoded") ? encodeURIComponent : (text) => text;
}

function entityOf(sign: string): string {
  return `&#${sign.codePointAt(0)};`;
}
