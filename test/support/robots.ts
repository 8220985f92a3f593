import { createHmac } from "node:crypto";
import type { AnswerTo, Received, ReceiverAnswer } from "./http-receiver.ts";

/** How far a robot's clock may be off, in milliseconds. */
const CLOCK_TOLERANCE_MS = 3_600_000;

const answer = (body: unknown, status = 200): ReceiverAnswer => ({ status, body });
const hmac = (key: string, text: string): string => createHmac("sha256", key).update(text).digest("base64");
const isOnTime = (timestampMs: number): boolean => Math.abs(Date.now() - timestampMs) <= CLOCK_TOLERANCE_MS;

function query({ target }: Received): URLSearchParams {
  return new URL(target, "http://robot").searchParams;
}

/** Answers as DingTalk's robots do: HTTP 200 always, and the code in the body. */
export function dingtalkRobot(token: string, secret: string): AnswerTo {
  return (request) => {
    const parameters = query(request);
    const timestamp = parameters.get("timestamp") ?? "";
    if (parameters.get("access_token") !== token) {
      return answer({ errcode: 300_001, errmsg: "token is not exist" });
    }
    const isSigned = parameters.get("sign") === hmac(secret, `${timestamp}\n${secret}`);
    if (!isSigned || !isOnTime(Number(timestamp))) {
      return answer({ errcode: 310_000, errmsg: "sign not match" });
    }
    const { msgtype, markdown } = JSON.parse(request.body) as {
      msgtype?: string;
      markdown?: Record<string, unknown>;
    };
    const isWhole =
      msgtype === "markdown" &&
      typeof markdown?.["title"] === "string" &&
      typeof markdown["text"] === "string";
    return isWhole
      ? answer({ errcode: 0, errmsg: "ok" })
      : answer({ errcode: 40_035, errmsg: "missing parameter json" });
  };
}

/** Answers as WeCom's robots do. */
export function wecomRobot(key: string): AnswerTo {
  return (request) => {
    if (query(request).get("key") !== key) return answer({ errcode: 93_000, errmsg: "invalid webhook url" });
    const { msgtype, markdown } = JSON.parse(request.body) as {
      msgtype?: string;
      markdown?: { content?: string };
    };
    const bytes = Buffer.byteLength(markdown?.content ?? "");
    if (msgtype !== "markdown" || bytes === 0) {
      return answer({ errcode: 40_008, errmsg: "invalid message type" });
    }
    return bytes > 4_096
      ? answer({ errcode: 40_058, errmsg: "markdown.content exceed max length 4096" })
      : answer({ errcode: 0, errmsg: "ok" });
  };
}

/** Answers as Feishu's robots do. */
export function feishuRobot(secret: string): AnswerTo {
  return ({ body }) => {
    const { timestamp, sign, msg_type, content } = JSON.parse(body) as Record<string, unknown>;
    const isSigned = sign === hmac(`${String(timestamp)}\n${secret}`, "");
    if (!isSigned || !isOnTime(Number(timestamp) * 1_000)) {
      return answer({
        code: 19_021,
        msg: "sign match fail or timestamp is not within one hour from current time",
      });
    }
    const isWhole =
      msg_type === "text" && typeof (content as { text?: unknown } | undefined)?.text === "string";
    return isWhole
      ? answer({ StatusCode: 0, StatusMessage: "success", code: 0, data: {}, msg: "success" })
      : answer({ code: 9_499, msg: "Bad Request" }, 400);
  };
}
