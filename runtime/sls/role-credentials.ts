import { request } from "node:http";
import type { FetchCredentials } from "./credentials-keeper.ts";
import { readCredentials, UnfitCredentials } from "./read-credentials.ts";

/** Where a machine of Alibaba Cloud is told about itself. */
export const METADATA_URL = "http://100.100.100.200";
const KEYS_PATH = "/latest/meta-data/ram/security-credentials/";
const TOKEN_PATH = "/latest/api/token";
/** For one question, and the key after it. */
const TOKEN_SECONDS = "60";
/** How long each of the two calls may take, in milliseconds: the service is on the same machine. */
const CALL_WITHIN_MS = 2_000;
const ANSWER_BYTES_MAX = 65_536;

interface MetadataCall {
  readonly verb: "GET" | "PUT";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

interface MetadataAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Temporary keys of the RAM role of the machine that this runs on, from its metadata service: asked for with a token of that service, or without where it gives none. Rejects with
 * UnfitCredentials.
 */
export function roleCredentials(role: string, metadataUrl: string = METADATA_URL): FetchCredentials {
  return async () => {
    try {
      const token = await tokenOf(metadataUrl);
      const headers = token === undefined ? {} : { "x-aliyun-ecs-metadata-token": token };
      const url = new URL(KEYS_PATH + encodeURIComponent(role), metadataUrl);
      const { status, text } = await call({ verb: "GET", url, headers });
      if (status !== 200) throw new Error(`it answered ${status}`);
      return readCredentials(text);
    } catch (error) {
      const why = (error as Error).message;
      throw new UnfitCredentials(`${metadataUrl} gives no key of the role ${role}: ${why}`);
    }
  };
}

/** A machine may insist on a token, and an older service may know none. */
async function tokenOf(metadataUrl: string): Promise<string | undefined> {
  const headers = { "x-aliyun-ecs-metadata-token-ttl-seconds": TOKEN_SECONDS };
  const { status, text } = await call({ verb: "PUT", url: new URL(TOKEN_PATH, metadataUrl), headers });
  return status === 200 && text !== "" ? text : undefined;
}

function call({ verb, url, headers }: MetadataCall): Promise<MetadataAnswer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(CALL_WITHIN_MS);
    const asking = request(url, { method: verb, headers, signal, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX) asking.destroy(new Error("its answer is too long"));
        else chunks.push(chunk);
      });
      response.once("error", reject);
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString().trim() }),
      );
    });
    asking.once("error", reject);
    asking.end();
  });
}
