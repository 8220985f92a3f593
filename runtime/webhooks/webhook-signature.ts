import { createHmac } from "node:crypto";
import { isSame } from "../identity/signature.ts";

/** The headers of a signed webhook, as the Standard Webhooks specification 1.0 names them. */
export const WEBHOOK_HEADERS = {
  id: "webhook-id",
  timestamp: "webhook-timestamp",
  signature: "webhook-signature",
} as const;

/** A secret with this prefix is base64, as the specification writes secrets; any other is taken as it stands. */
const ENCODED_SECRET_PREFIX = "whsec_";
const VERSION = "v1";
/** How old or how early a signature may be, in seconds, unless told: 5 minutes, as the specification advises. */
const TOLERANCE_SECONDS = 300;

/** What a signature covers. */
export interface SignedWebhook {
  readonly id: string;
  /** When this try was made, in seconds since 1970. */
  readonly timestamp: number;
  /** Byte for byte as it is sent. */
  readonly body: string;
}

/** HMAC-SHA256 over `id.timestamp.body`, as `v1,BASE64`. Pure. */
export function webhookSignature(secret: string, { id, timestamp, body }: SignedWebhook): string {
  const mac = createHmac("sha256", keyOf(secret)).update(`${id}.${timestamp}.${body}`);
  return `${VERSION},${mac.digest("base64")}`;
}

/** The headers of a signed request. Pure. */
export function webhookHeaders(secret: string | undefined, webhook: SignedWebhook): Record<string, string> {
  return {
    [WEBHOOK_HEADERS.id]: webhook.id,
    [WEBHOOK_HEADERS.timestamp]: String(webhook.timestamp),
    ...(secret === undefined ? {} : { [WEBHOOK_HEADERS.signature]: webhookSignature(secret, webhook) }),
  };
}

/** What a receiver has got. */
export interface ReceivedWebhook {
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** Whether a request comes from whoever has the secret, and is not a recording of an older one. For receivers. Pure. */
export function isGenuine(secret: string, { headers, body }: ReceivedWebhook, nowMs: number): boolean {
  const [id, time, signatures] = [
    headers[WEBHOOK_HEADERS.id],
    headers[WEBHOOK_HEADERS.timestamp],
    headers[WEBHOOK_HEADERS.signature],
  ].map((value) => (typeof value === "string" ? value : ""));
  const timestamp = /^\d{1,12}$/.test(time ?? "") ? Number(time) : Number.NaN;
  if (!(Math.abs(nowMs / 1_000 - timestamp) <= TOLERANCE_SECONDS)) return false;
  const expected = webhookSignature(secret, { id: id ?? "", timestamp, body });
  // A sender that changes its secret signs with both for a while.
  return (signatures ?? "").split(" ").some((signature) => isSame(signature, expected));
}

function keyOf(secret: string): Buffer {
  return secret.startsWith(ENCODED_SECRET_PREFIX)
    ? Buffer.from(secret.slice(ENCODED_SECRET_PREFIX.length), "base64")
    : Buffer.from(secret, "utf8");
}
