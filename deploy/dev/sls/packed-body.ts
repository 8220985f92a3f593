import { deflateSync, inflateSync } from "node:zlib";
import { packLz4 } from "../../../runtime/sls/lz4-pack.ts";
import { unpackLz4 } from "../../../runtime/sls/lz4-unpack.ts";
import { ApiError } from "./api-error.ts";
import type { DevCall } from "./dev-call.ts";

/** What a put may have, unpacked, in bytes. */
const RAW_BYTES_MAX = 10 * 1024 * 1024;

/** The body of a put as it was before it was packed. @throws ApiError */
export function unpackBody({ headers, body }: DevCall): Uint8Array {
  const type = headers["x-log-compresstype"];
  const announced = headers["x-log-bodyrawsize"];
  if (type === undefined) return body;
  if (typeof announced !== "string" || !/^\d{1,9}$/.test(announced)) {
    throw new ApiError(400, "InvalidBodyRawSize", "x-log-bodyrawsize is missing");
  }
  const size = Number(announced);
  if (size > RAW_BYTES_MAX) throw new ApiError(413, "PostBodyTooLarge", `${size} bytes are too many`);
  try {
    if (type === "lz4") return unpackLz4(body, size);
    if (type === "deflate") return inflateSync(body, { maxOutputLength: size });
  } catch {
    throw new ApiError(400, "PostBodyUncompressError", "the body cannot be unpacked");
  }
  throw new ApiError(400, "InvalidCompressType", `the compression ${String(type)} is not known`);
}

/** A body packed as the caller likes it best of what there is. */
export function packBody(raw: Uint8Array, accepted: string): { body: Uint8Array; type: string | undefined } {
  if (raw.length === 0) return { body: raw, type: undefined };
  if (/\blz4\b/.test(accepted)) return { body: packLz4(raw), type: "lz4" };
  // Whatever it is called, it is zlib's own format.
  const type = /\b(deflate|gzip)\b/.exec(accepted)?.[1];
  return type === undefined ? { body: raw, type } : { body: deflateSync(raw), type };
}
