import type { Attempt } from "../../protocols/endpoint.ts";
import type { HttpAnswer } from "../webhooks/http-exchange.ts";
import { judgeStatus } from "../webhooks/http-verdict.ts";

/** How a robot says how it went: HTTP 200 and a code in the body, 0 for good. */
export interface RobotDialect {
  /** The fields that may hold the code, the first one that is there counts. */
  readonly codeFields: readonly string[];
  readonly textFields: readonly string[];
  /** Codes that mean "not now". */
  readonly notNow: readonly number[];
  /** How long a robot stays silent after too many messages, in milliseconds. */
  readonly penaltyMs: number;
}

/** How much of a robot's explanation is repeated, in characters. */
const TEXT_MAX = 200;

/** What a robot's answer means: the code in the body decides, because failures come with HTTP 200 too. Pure. */
export function judgeRobot(dialect: RobotDialect, answer: HttpAnswer, wallMs: number): Attempt {
  const body = parsed(answer.text);
  const code = dialect.codeFields.map((field) => body[field]).find((value) => typeof value === "number");
  const byStatus = judgeStatus(answer, wallMs);
  if (code === undefined) {
    if (byStatus.kind !== "delivered") return byStatus;
    return { kind: "failed", text: "HTTP 200 without a code: this is not the robot's answer" };
  }
  if (code === 0) return byStatus;
  const why = dialect.textFields.map((field) => body[field]).find((value) => typeof value === "string");
  const text = `code ${code}: ${String(why ?? "").slice(0, TEXT_MAX)}`;
  return dialect.notNow.includes(code)
    ? { kind: "failed", text, afterMs: dialect.penaltyMs }
    : { kind: "rejected", text };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const body = JSON.parse(text) as unknown;
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
