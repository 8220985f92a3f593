import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** What a signature covers of a request. */
export interface SignedParts {
  readonly method: string;
  /** Decoded, without what stands behind the `?`. */
  readonly path: string;
  /** Byte for byte as it is sent. */
  readonly body: Uint8Array | string;
  /** Milliseconds since 1970. */
  readonly timestampMs: number;
  /** Chosen anew for each request. */
  readonly nonce: string;
}

/** The headers that carry a signature. */
export const SIGNATURE_HEADERS = {
  key: "banyan-key",
  timestamp: "banyan-timestamp",
  nonce: "banyan-nonce",
  signature: "banyan-signature",
} as const;

/** HMAC-SHA256 over method, path, timestamp, nonce and the body's digest, one a line, in hexadecimal. Pure. */
export function signatureOf(secret: string, { method, path, body, timestampMs, nonce }: SignedParts): string {
  const lines = [method.toUpperCase(), path, String(timestampMs), nonce, digest(body).toString("hex")];
  return createHmac("sha256", secret).update(lines.join("\n")).digest("hex");
}

/** The headers by which the owner of a key signs a request: what services and the command line send along. Pure. */
export function sign(
  key: { readonly id: string; readonly secret: string },
  parts: SignedParts,
): Record<string, string> {
  return {
    [SIGNATURE_HEADERS.key]: key.id,
    [SIGNATURE_HEADERS.timestamp]: String(parts.timestampMs),
    [SIGNATURE_HEADERS.nonce]: parts.nonce,
    [SIGNATURE_HEADERS.signature]: signatureOf(key.secret, parts),
  };
}

/** Whether two texts are the same, in a time that tells nothing about either. Pure. */
export function isSame(given: string, expected: string): boolean {
  // Digests have one length, whatever was sent.
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(data: Uint8Array | string): Buffer {
  return createHash("sha256").update(data).digest();
}
