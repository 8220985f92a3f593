import { createHash, createHmac } from "node:crypto";

const ALGORITHM = "SLS4-HMAC-SHA256";
const TERMINATOR = "aliyun_v4_request";
const PRODUCT = "sls";
const KEY_PREFIX = "aliyun_v4";

/** A request as it is signed: names of headers in lower case, values as they are sent, the query not encoded. */
export interface SignedCall {
  readonly verb: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** With `x-log-date` and `x-log-content-sha256`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The SHA-256 of the body as it is sent, in hex. */
  readonly bodyHash: string;
}

/** Who signs, and for which region. */
export interface SigningKeyV4 {
  readonly id: string;
  readonly secret: string;
  readonly region: string;
}

/** The value of the header Authorization by signature v4 of SLS. Pure. */
export function signV4(call: SignedCall, { id, secret, region }: SigningKeyV4): string {
  const date = call.headers["x-log-date"] ?? "";
  const day = date.slice(0, 8);
  const scope = [day, region, PRODUCT, TERMINATOR].join("/");
  const text = [ALGORITHM, date, scope, sha256Hex(canonicalRequest(call))].join("\n");
  const key = [day, region, PRODUCT, TERMINATOR].reduce<Buffer | string>(hmac, KEY_PREFIX + secret);
  return `${ALGORITHM} Credential=${id}/${scope},Signature=${hmac(key, text).toString("hex")}`;
}

/** A time as signature v4 writes it: `20220808T032330Z`. Pure. */
export function dateV4(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

/** The SHA-256 of bytes or of a text, in hex. Pure. */
export function sha256Hex(body: Uint8Array | string): string {
  return createHash("sha256").update(body).digest("hex");
}

function canonicalRequest({ verb, path, query, headers, bodyHash }: SignedCall): string {
  const signed = Object.keys(headers).filter(isSigned).toSorted();
  const lines = signed.map((name) => `${name}:${(headers[name] ?? "").trim()}\n`);
  return [verb, path, canonicalQuery(query), lines.join(""), signed.join(";"), bodyHash].join("\n");
}

function isSigned(name: string): boolean {
  if (name === "content-type" || name === "host" || name.startsWith("x-acs-")) return true;
  return name.startsWith("x-log-") && !name.startsWith("x-log-meta-");
}

function canonicalQuery(query: Readonly<Record<string, string>>): string {
  return Object.keys(query)
    .toSorted()
    .map((name) => encode(name) + (query[name] ? `=${encode(query[name])}` : ""))
    .join("&");
}

/** What encodeURIComponent leaves as it is and RFC 3986 does not. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
