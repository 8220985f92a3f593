import type { Attempt } from "../../protocols/endpoint.ts";
import type { Delivery, Transport } from "../webhooks/delivery.ts";
import { exchange, failureOf } from "../webhooks/http-exchange.ts";
import { noticeOf } from "./notice-delivery.ts";
import { noticeText } from "./notice-text.ts";
import type { NoticeText } from "./notice-text.ts";
import { judgeRobot } from "./robot-answer.ts";
import type { RobotDialect } from "./robot-answer.ts";

/** What makes the robots of one company differ from those of another. */
export interface RobotKind {
  readonly dialect: RobotDialect;
  /** The request for a text: where to, and which body. Pure. */
  readonly request: (
    target: RobotTarget,
    text: NoticeText,
    wallMs: number,
  ) => { readonly url: string; readonly body: unknown };
}

/** Where a robot is, with the key in its address, and what signs. */
export interface RobotTarget {
  readonly url: string;
  readonly secret?: string | undefined;
}

/** Tells a group through its robot. */
export class Robot implements Transport {
  readonly #kind: RobotKind;
  readonly #target: RobotTarget;
  readonly #wallMs: () => number;

  constructor(kind: RobotKind, target: RobotTarget, wallMs: () => number) {
    this.#kind = kind;
    this.#target = target;
    this.#wallMs = wallMs;
  }

  async send(delivery: Delivery, signal: AbortSignal): Promise<Attempt> {
    const notice = noticeOf(delivery);
    const { url, body } = this.#kind.request(this.#target, noticeText(notice.node, notice), this.#wallMs());
    const headers = { "content-type": "application/json; charset=utf-8" };
    const call = { url, method: "POST", headers, body: JSON.stringify(body) } as const;
    try {
      return judgeRobot(this.#kind.dialect, await exchange(call, signal), this.#wallMs());
    } catch (error) {
      return { kind: "failed", text: failureOf(error) };
    }
  }
}
