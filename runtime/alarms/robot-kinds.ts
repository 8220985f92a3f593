import { createHmac } from "node:crypto";
import type { NoticeText } from "./notice-text.ts";
import type { RobotKind } from "./robot.ts";

/** The longest text that is sent to a robot, in bytes: WeCom takes 4,096 of Markdown, the others more. */
const TEXT_BYTES_MAX = 4_000;
const MINUTE_MS = 60_000;

/**
 * DingTalk: `timestamp` (milliseconds) and `sign` go into the query; the signature is HMAC-SHA256 with the secret over
 * `timestamp\nsecret`, in base64. More than 20 messages a minute silence a robot for 10 minutes.
 */
export const DINGTALK: RobotKind = {
  dialect: {
    codeFields: ["errcode"],
    textFields: ["errmsg"],
    // -1: busy; 130101: more than 20 a minute; 90030: the quota of the robot.
    notNow: [-1, 130_101, 90_030],
    penaltyMs: 10 * MINUTE_MS,
  },
  request({ url, secret }, text, wallMs) {
    const address = new URL(url);
    if (secret !== undefined) {
      address.searchParams.set("timestamp", String(wallMs));
      address.searchParams.set("sign", hmacBase64(secret, `${wallMs}\n${secret}`));
    }
    return {
      url: address.href,
      body: { msgtype: "markdown", markdown: { title: text.title, text: markdownOf(text) } },
    };
  },
};

/** WeCom: the key in the address is all there is; at most 20 messages a minute. */
export const WECOM: RobotKind = {
  dialect: {
    codeFields: ["errcode"],
    textFields: ["errmsg"],
    // -1: busy; 45009: too many calls; 45033: too many at once.
    notNow: [-1, 45_009, 45_033],
    penaltyMs: MINUTE_MS,
  },
  request: ({ url }, text) => ({
    url,
    body: { msgtype: "markdown", markdown: { content: markdownOf(text) } },
  }),
};

/**
 * Feishu (and Lark): `timestamp` (seconds) and `sign` go into the body; the signature is HMAC-SHA256 of nothing, with
 * `timestamp\nsecret` as the key, in base64. At most 100 messages a minute, 5 a second.
 */
export const FEISHU: RobotKind = {
  dialect: {
    codeFields: ["code", "StatusCode"],
    textFields: ["msg", "StatusMessage"],
    // 11232 and 99991400: too many calls.
    notNow: [11_232, 99_991_400],
    penaltyMs: MINUTE_MS,
  },
  request({ url, secret }, text, wallMs) {
    const timestamp = String(Math.floor(wallMs / 1_000));
    const signed = secret === undefined ? {} : { timestamp, sign: hmacBase64(`${timestamp}\n${secret}`, "") };
    const plain = withinBytes([text.title, ...text.lines].join("\n"));
    return { url, body: { ...signed, msg_type: "text", content: { text: plain } } };
  },
};

function hmacBase64(key: string, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64");
}

/** Facts from elsewhere are shown as they are: what Markdown would act upon is escaped. */
function markdownOf({ title, lines }: NoticeText): string {
  const escape = (text: string): string => text.replaceAll(/[\\`*_[\]<>#|~]/g, "\\$&");
  return withinBytes([`**${escape(title)}**`, ...lines.map((line) => `> ${escape(line)}`)].join("\n\n"));
}

function withinBytes(text: string): string {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= TEXT_BYTES_MAX) return text;
  // A character that was cut in two at the end is left out.
  return `${bytes
    .subarray(0, TEXT_BYTES_MAX)
    .toString("utf8")
    .replace(/\uFFFD+$/u, "")}…`;
}
