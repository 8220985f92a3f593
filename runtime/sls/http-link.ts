import { Agent as HttpAgent, request as httpRequest } from "node:http";
import type { ClientRequest, IncomingHttpHeaders, RequestOptions } from "node:http";
import { isIP } from "node:net";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { HttpTry } from "./http-try.ts";
import { SlsError } from "./sls-error.ts";

/** One request, ready to be sent. */
export interface HttpCall {
  readonly verb: string;
  /** The name to connect to. */
  readonly host: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
}

/** A whole answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** How long things may take, and who is told that they go on. */
export interface LinkLimits {
  /** Until there is a connection, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** Until the last byte of the answer, in milliseconds, however lively it drips. */
  readonly callTimeoutMs: number;
  /** Called when something has come: a connection, the head of an answer, bytes of it. */
  readonly onProgress?: (() => void) | undefined;
}

interface LinkAddress {
  readonly isTls: boolean;
  readonly port: number;
  /** Who certifies the other side, in PEM; everybody whom Node knows unless given. */
  readonly ca?: string | undefined;
}

/**
 * One socket to the service, kept open from call to call. A call that fails in whatever way takes its socket with it:
 * nobody reads the rest of an old answer, and nothing stays open behind a limit that has passed.
 */
export class HttpLink {
  readonly #address: LinkAddress;
  readonly #limits: LinkLimits;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(address: LinkAddress, limits: LinkLimits) {
    this.#address = address;
    this.#limits = limits;
    const options = { keepAlive: true, maxSockets: 1, maxFreeSockets: 1 };
    this.#agent = address.isTls ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /** Makes one call. @throws SlsError when no whole answer comes in time */
  async call(call: HttpCall, signal?: AbortSignal): Promise<HttpAnswer> {
    try {
      return await this.#once(call, signal);
    } catch (error) {
      // The service had closed an idle socket at the moment of its use. Only what changes nothing is sent again.
      if (!(error instanceof SlsError) || !isStale(error) || call.verb !== "GET") throw error;
      return await this.#once(call, signal);
    }
  }

  /** Ends the socket: what came over it does not make sense, or it is not needed any more. */
  close(): void {
    this.#agent.destroy();
  }

  #once(call: HttpCall, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    return new HttpTry(this.#request(call), this.#limits, this.#address.isTls).run(call.body, signal);
  }

  #request({ verb, host, path, headers, body }: HttpCall): ClientRequest {
    const { isTls, port, ca } = this.#address;
    const length = body === undefined ? {} : { "content-length": String(body.length) };
    const options: RequestOptions = { method: verb, host, port, path, headers: { ...headers, ...length } };
    // Each of the two takes only its own kind of agent.
    if (isTls) {
      // What is connected to is what has to be certified; `Host` may name a project in front of a literal address.
      const tls = { servername: isIP(host) > 0 ? "" : host, ...(ca === undefined ? {} : { ca }) };
      return httpsRequest({ ...options, ...tls, agent: this.#agent as HttpsAgent });
    }
    return httpRequest({ ...options, agent: this.#agent });
  }
}

function isStale({ code, cause }: SlsError): boolean {
  return code === "connectionLost" && (cause as { isReused?: boolean } | undefined)?.isReused === true;
}
