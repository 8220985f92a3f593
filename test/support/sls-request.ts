import { createHash, createHmac } from "node:crypto";
import { request } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import { KEY, PROJECT } from "./sls-world.ts";

/** A request as another client makes it: signed by v1 on its own, with whatever it does differently. */
export interface RawCall {
  readonly verb?: string;
  /** Path and query, as they are sent. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly hash?: "sha1" | "sha256";
  readonly host?: string;
  /** Whether the body is sent in chunks, with no length in front. */
  readonly isChunked?: boolean;
  /** Whether the headers are sent as they are. */
  readonly isUnsigned?: boolean;
  /** Headers that are added behind the signature. */
  readonly unsigned?: Readonly<Record<string, string>>;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends one request to a server of SLS and reads all of its answer. */
export function sendRaw(url: string, call: RawCall): Promise<RawAnswer> {
  const { verb = "GET", path, body, host = `${PROJECT}.sls.test`, unsigned = {} } = call;
  const headers = { ...(call.isUnsigned === true ? call.headers : signed(call)), ...unsigned, host };
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sending = request(
      { host: "127.0.0.1", port, method: verb, path, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    sending.on("error", reject);
    if (call.isChunked !== true && body !== undefined) {
      sending.setHeader("content-length", Buffer.byteLength(body));
    }
    sending.end(body);
  });
}

/** Written from the description of the protocol, so that it shares no mistake with client or server. */
function signed({ verb = "GET", path, headers = {}, body, hash = "sha1" }: RawCall): Record<string, string> {
  const all: Record<string, string> = {
    date: new Date().toUTCString(),
    "x-log-apiversion": "0.6.0",
    "x-log-signaturemethod": `hmac-${hash}`,
    ...(body === undefined
      ? {}
      : { "content-md5": createHash("md5").update(body).digest("hex").toUpperCase() }),
    ...headers,
  };
  const lower = Object.fromEntries(Object.entries(all).map(([name, value]) => [name.toLowerCase(), value]));
  const names = Object.keys(lower)
    .filter((name) => /^x-(log|acs)-/.test(name) && name !== "x-log-date")
    .toSorted();
  const [place = "", query = ""] = path.split("?");
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => `${name}=${value}`).toSorted();
  const text = [
    verb,
    lower["content-md5"] ?? "",
    lower["content-type"] ?? "",
    lower["x-log-date"] ?? lower["date"],
    ...names.map((name) => `${name}:${lower[name]}`),
    place + (pairs.length === 0 ? "" : `?${pairs.join("&")}`),
  ].join("\n");
  return {
    ...all,
    authorization: `LOG ${KEY.id}:${createHmac(hash, KEY.secret).update(text).digest("base64")}`,
  };
}
