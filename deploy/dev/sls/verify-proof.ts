import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { sha256Hex, signV4 } from "../../../runtime/sls/signature-v4.ts";
import { ApiError } from "./api-error.ts";
import type { DevCall } from "./dev-call.ts";

/** How far the date of a call may be off. */
const SKEW_MS_MAX = 15 * 60_000;
const V1 = /^LOG ([^:]+):(.+)$/;
const V4 =
  /^SLS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/sls\/aliyun_v4_request,Signature=([0-9a-f]+)$/;
const V1_METHODS: Readonly<Record<string, string>> = { "hmac-sha1": "sha1", "hmac-sha256": "sha256" };

/** A key that the server takes. */
export interface DevKey {
  readonly id: string;
  readonly secret: string;
  /** Of a temporary key: what `x-acs-security-token` must say. */
  readonly token?: string | undefined;
  /** Of a temporary key, in milliseconds since 1970. */
  readonly expiresAtMs?: number | undefined;
}

/** Whom the server believes. */
export interface ProofRules {
  readonly keys: readonly DevKey[];
  /** The only one that signature v4 may name; any unless given. */
  readonly region?: string;
}

/** Checks who has sent a call, by signature v1 or v4, independently of the client under test. @throws ApiError */
export function verifyProof(call: DevCall, { keys, region }: ProofRules, nowMs: number): void {
  const proof = call.headers.authorization ?? "";
  mustBeInTime(call.headers, nowMs);
  const v4 = V4.exec(proof);
  if (v4 !== null) {
    const key = keyOf(v4[1], { call, keys, nowMs });
    // Who signs for another region has made another key of the secret.
    if (region !== undefined && v4[3] !== region) throw mismatch();
    return verifyV4(call, v4, key);
  }
  const v1 = V1.exec(proof);
  if (v1 === null) throw new ApiError(401, "Unauthorized", "Authorization is missing or malformed");
  verifyV1(call, v1[2] ?? "", keyOf(v1[1], { call, keys, nowMs }));
}

function mustBeInTime(headers: IncomingHttpHeaders, nowMs: number): void {
  const atMs = readDate(headerOf(headers, "x-log-date") ?? headers.date ?? "");
  if (Number.isNaN(atMs)) throw new ApiError(400, "MissingDate", "no date");
  if (Math.abs(nowMs - atMs) <= SKEW_MS_MAX) return;
  throw new ApiError(400, "RequestTimeExpired", `the request is of ${new Date(atMs).toISOString()}`);
}

/** RFC 1123, or `20220808T032330Z`. */
function readDate(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

interface KeySearch {
  readonly call: DevCall;
  readonly keys: readonly DevKey[];
  readonly nowMs: number;
}

function keyOf(id: string | undefined, { call, keys, nowMs }: KeySearch): DevKey {
  const key = keys.find((known) => known.id === id);
  if (key === undefined) throw new ApiError(401, "Unauthorized", `AccessKeyId not found: ${id}`);
  if (key.token !== undefined && headerOf(call.headers, "x-acs-security-token") !== key.token) {
    throw new ApiError(401, "Unauthorized", "The security token you provided is invalid.");
  }
  if ((key.expiresAtMs ?? Infinity) <= nowMs) {
    throw new ApiError(401, "Unauthorized", "The security token you provided has expired.");
  }
  return key;
}

function verifyV1(call: DevCall, given: string, { secret }: DevKey): void {
  const { headers, body } = call;
  const hash = V1_METHODS[headerOf(headers, "x-log-signaturemethod") ?? ""];
  if (hash === undefined) throw new ApiError(400, "InvalidSignatureMethod", "unknown x-log-signaturemethod");
  const md5 = headerOf(headers, "content-md5") ?? "";
  if (md5 !== "" && md5 !== createHash("md5").update(body).digest("hex").toUpperCase()) {
    throw new ApiError(400, "InvalidContentMD5", "Content-MD5 is not that of the body");
  }
  const date = headerOf(headers, "x-log-date") ?? headers.date ?? "";
  const text = [call.verb, md5, headers["content-type"] ?? "", date, canonicalV1(call)].join("\n");
  mustMatch(createHmac(hash, secret).update(text).digest("base64"), given);
}

function canonicalV1({ headers, path, query }: DevCall): string {
  const lines = Object.keys(headers)
    .filter((name) => /^x-(log|acs)-/.test(name) && name !== "x-log-date")
    .toSorted()
    .map((name) => `${name}:${headerOf(headers, name)?.trim()}\n`);
  const pairs = [...query].map(([name, value]) => `${name}=${value}`).toSorted();
  return lines.join("") + path + (pairs.length === 0 ? "" : `?${pairs.join("&")}`);
}

function verifyV4(
  call: DevCall,
  [, , day, region = "", given = ""]: RegExpExecArray,
  { id, secret }: DevKey,
): void {
  const headers = Object.fromEntries(
    Object.keys(call.headers).map((name) => [name, headerOf(call.headers, name) ?? ""]),
  );
  const bodyHash = sha256Hex(call.body);
  if (headers["x-log-content-sha256"] !== bodyHash || headers["x-log-date"]?.slice(0, 8) !== day) {
    throw new ApiError(400, "InvalidHeader", "x-log-content-sha256 or x-log-date is not that of the request");
  }
  const query = Object.fromEntries(call.query);
  const signed = signV4({ ...call, query, headers, bodyHash }, { id, secret, region });
  mustMatch(signed.slice(signed.lastIndexOf("=") + 1), given);
}

function mustMatch(expected: string, given: string): void {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)];
  if (one.length === other.length && timingSafeEqual(one, other)) return;
  throw mismatch();
}

function mismatch(): ApiError {
  return new ApiError(401, "SignatureNotMatch", "the signature is not the one of this request");
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}
