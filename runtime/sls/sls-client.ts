import AlicloudLog from "@alicloud/log";
import { createHash } from "node:crypto";
import { stringify } from "node:querystring";
import type { CredentialsKeeper, SlsCredentials } from "./credentials-keeper.ts";
import { HttpLink } from "./http-link.ts";
import type { HttpAnswer, HttpCall } from "./http-link.ts";
import { UnfitCredentials } from "./read-credentials.ts";
import type { ServerClock } from "./server-clock.ts";
import { dateV4, sha256Hex, signV4 } from "./signature-v4.ts";
import { hostHeader, hostOf } from "./sls-endpoint.ts";
import type { SlsEndpoint } from "./sls-endpoint.ts";
import { SlsError } from "./sls-error.ts";
import { refusalIn } from "./sls-refusal.ts";

type Headers = Readonly<Record<string, string>>;

const API_VERSION = "0.6.0";
const USER_AGENT = "banyan";
const SIGNATURE_REFUSED = "SignatureNotMatch";
const CONNECT_TIMEOUT_MS = 5000;
const CALL_TIMEOUT_MS = 8000;

/** How a client speaks, and to whom. Credentials and clock are shared by the clients of an endpoint. */
export interface SlsClientOptions {
  readonly endpoint: SlsEndpoint;
  readonly project: string;
  readonly credentials: CredentialsKeeper;
  readonly clock: ServerClock;
  /** Signature v4 in place of v1; it names the region. */
  readonly v4Region?: string | undefined;
  /** Who certifies the service, in PEM; everybody whom Node knows unless given. */
  readonly ca?: string | undefined;
  /** How long it may take until there is a connection, in milliseconds; 5,000 unless given. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long a whole call may take, in milliseconds; 8,000 unless given. */
  readonly callTimeoutMs?: number | undefined;
  /** Called whenever something has come from the service: a sign of life of the call that is under way. */
  readonly onProgress?: (() => void) | undefined;
}

/** One call of the service. */
export interface SlsCall {
  readonly verb: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  /** Whether the call goes to the endpoint itself and not to a project. */
  readonly isOfEndpoint?: boolean;
}

interface Attempt {
  readonly answer: HttpAnswer;
  readonly credentials: SlsCredentials;
}

/**
 * A client of SLS with one socket of its own. It takes credentials and signature from the official package and sends by
 * itself: the official one knows no pulls, reads bodies as text, and leaves sockets open behind its limit.
 */
export class SlsClient extends AlicloudLog {
  readonly #options: SlsClientOptions;
  readonly #link: HttpLink;

  constructor(options: SlsClientOptions) {
    const { endpoint, credentials, ca, connectTimeoutMs, callTimeoutMs, onProgress } = options;
    super({
      endpoint: hostHeader(endpoint, undefined),
      // An async function, because the package looks for one.
      credentialsProvider: { getCredentials: async () => credentials.current() },
    });
    this.#options = options;
    this.#link = new HttpLink(
      { ...endpoint, ca },
      {
        connectTimeoutMs: connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
        callTimeoutMs: callTimeoutMs ?? CALL_TIMEOUT_MS,
        onProgress,
      },
    );
  }

  /**
   * Makes a call. A wrong clock and an outdated key are repaired, once each. Calls of one client wait for each other.
   * @throws SlsError
   */
  async call(call: SlsCall, signal?: AbortSignal): Promise<HttpAnswer> {
    let { answer, credentials } = await this.#attempt(call, signal);
    let refusal = refusalIn(answer);
    if (this.#learnsTime(refusal, answer)) {
      ({ answer, credentials } = await this.#attempt(call, signal));
      refusal = refusalIn(answer);
    }
    if (refusal?.remedy === "renewCredentials" && (await this.#hasOtherKey(credentials))) {
      ({ answer } = await this.#attempt(call, signal));
      refusal = refusalIn(answer);
    }
    if (refusal !== undefined) throw refusal;
    return answer;
  }

  /** Makes a call whose answer is JSON. @throws SlsError also when `read` does not understand it */
  async json<T>(call: SlsCall, read: (json: unknown) => T | undefined, signal?: AbortSignal): Promise<T> {
    const { body } = await this.call(call, signal);
    const found = read(parseJson(body.toString()));
    if (found === undefined) throw this.badAnswer(`this was not expected: ${body.toString("utf8", 0, 200)}`);
    return found;
  }

  /** An answer makes no sense: its socket is not used again. */
  badAnswer(text: string, cause?: unknown): SlsError {
    this.#link.close();
    return SlsError.failed("badAnswer", text, { cause });
  }

  /** Ends the socket, and what is under way on it. */
  close(): void {
    this.#link.close();
  }

  async #attempt(call: SlsCall, signal: AbortSignal | undefined): Promise<Attempt> {
    const credentials = await orNoCredentials(this._getCredentials());
    const answer = await this.#link.call(this.#prepare(call, credentials), signal);
    return { answer, credentials };
  }

  /** Whether the service may have refused a call for our time, and has said what time it is. */
  #learnsTime(refusal: SlsError | undefined, { headers }: HttpAnswer): boolean {
    if (refusal === undefined) return false;
    const isOfTime = refusal.remedy === "repairClock" || refusal.code === SIGNATURE_REFUSED;
    return isOfTime && this.#options.clock.learn(headers.date);
  }

  async #hasOtherKey(refused: SlsCredentials): Promise<boolean> {
    return orNoCredentials(this.#options.credentials.replace(refused));
  }

  #prepare(call: SlsCall, credentials: SlsCredentials): HttpCall {
    const { endpoint, project } = this.#options;
    const named = call.isOfEndpoint === true ? undefined : project;
    const query = call.query ?? {};
    const suffix = Object.keys(query).length === 0 ? "" : `?${stringify(query)}`;
    return {
      verb: call.verb,
      host: hostOf(endpoint, named),
      path: call.path + suffix,
      headers: this.#signed(call, this.#headers(call, named, credentials), credentials),
      body: call.body,
    };
  }

  #headers(call: SlsCall, project: string | undefined, { securityToken }: SlsCredentials) {
    return {
      host: hostHeader(this.#options.endpoint, project),
      "user-agent": USER_AGENT,
      "x-log-apiversion": API_VERSION,
      "x-log-bodyrawsize": String(call.body?.length ?? 0),
      ...(call.body === undefined ? {} : { "content-type": "application/json" }),
      ...(securityToken === undefined ? {} : { "x-acs-security-token": securityToken }),
      ...call.headers,
    };
  }

  #signed(call: SlsCall, headers: Headers, credentials: SlsCredentials): Headers {
    const nowMs = this.#options.clock.nowMs();
    return this.#options.v4Region === undefined
      ? this.#signedV1(call, { ...headers, date: new Date(nowMs).toUTCString() }, credentials)
      : this.#signedV4(call, { ...headers, "x-log-date": dateV4(nowMs) }, credentials);
  }

  #signedV1({ verb, path, query = {}, body }: SlsCall, headers: Headers, key: SlsCredentials): Headers {
    const all = {
      ...headers,
      "x-log-signaturemethod": "hmac-sha1",
      ...(body === undefined ? {} : { "content-md5": md5Hex(body) }),
    };
    return { ...all, authorization: this._sign(verb, path, query, all, key) };
  }

  #signedV4({ verb, path, query = {}, body }: SlsCall, headers: Headers, key: SlsCredentials): Headers {
    const bodyHash = sha256Hex(body ?? "");
    const all = { ...headers, "x-log-content-sha256": bodyHash };
    const signer = { id: key.accessKeyId, secret: key.accessKeySecret, region: this.#options.v4Region ?? "" };
    return { ...all, authorization: signV4({ verb, path, query, headers: all, bodyHash }, signer) };
  }
}

async function orNoCredentials<T>(fetching: Promise<T>): Promise<T> {
  try {
    return await fetching;
  } catch (cause) {
    const why = cause instanceof UnfitCredentials ? `: ${cause.message}` : "";
    throw SlsError.failed("noCredentials", `there is no key to sign with${why}`, { cause });
  }
}

function md5Hex(body: Uint8Array): string {
  return createHash("md5").update(body).digest("hex").toUpperCase();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
