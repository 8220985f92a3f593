import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiError } from "./api-error.ts";
import { answerCall } from "./answer-call.ts";
import { readCall, refusal } from "./dev-call.ts";
import type { DevAnswer, DevCall } from "./dev-call.ts";
import { carryOut } from "./dev-orders.ts";
import { DevStore } from "./dev-store.ts";
import { Faults } from "./faults.ts";
import type { Fault } from "./faults.ts";
import { nameOf } from "./route-call.ts";
import { SkewedClock } from "./skewed-clock.ts";
import { verifyProof } from "./verify-proof.ts";
import type { DevKey } from "./verify-proof.ts";
import { writeAnswer } from "./write-answer.ts";

const MIB = 1024 * 1024;
const ORDERS = "_dev";

/** What a server is like; a test names only what it is about. */
export interface SlsServerOptions {
  /** The first of them may also give orders. */
  readonly keys: readonly DevKey[];
  /** Any free one unless given. */
  readonly port?: number;
  /** Speaks TLS with this certificate and its key, in PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Of each logstore, in bytes; 256 MiB unless given. */
  readonly bytesMax?: number;
  /** How much one pull brings, in bytes; 10 MiB unless given. */
  readonly pullBytesMax?: number;
  /** Of each shard; 100 unless given, as in the service. */
  readonly readsPerSecond?: number;
  /** Of each shard; 500 unless given, as in the service. */
  readonly writesPerSecond?: number;
  readonly wallMs?: () => number;
  /** The only one that signature v4 may name; any unless given. */
  readonly region?: string;
}

/**
 * Speaks the protocol of SLS on the loopback, for tests and demonstrations: it verifies signatures, stores in memory, and
 * fails on command. Nothing outlives it.
 */
export class SlsServer {
  readonly store: DevStore;
  readonly faults = new Faults();
  readonly clock: SkewedClock;
  readonly #options: SlsServerOptions;
  readonly #http: Server;
  readonly #open = new Set<ServerResponse>();

  private constructor(options: SlsServerOptions) {
    const { bytesMax = 256 * MIB, readsPerSecond = 100, writesPerSecond = 500, wallMs = Date.now } = options;
    this.#options = options;
    this.clock = new SkewedClock(wallMs);
    this.store = new DevStore({
      bytesMax,
      quotas: { readsPerSecond, writesPerSecond },
      now: () => this.clock.nowMs() / 1000,
      steadyMs: wallMs,
    });
    const serve = (request: IncomingMessage, response: ServerResponse): void =>
      void this.#serve(request, response);
    this.#http = options.tls === undefined ? createServer(serve) : createTlsServer(options.tls, serve);
    // Clients keep their socket while they have nothing to ask for.
    this.#http.keepAliveTimeout = 60_000;
  }

  /** Starts it on the loopback. */
  static async open(options: SlsServerOptions): Promise<SlsServer> {
    const server = new SlsServer(options);
    server.#http.listen(options.port ?? 0, "127.0.0.1");
    await once(server.#http, "listening");
    return server;
  }

  /** The endpoint, as clients are told it. */
  get url(): string {
    return `${this.#options.tls === undefined ? "http" : "https"}://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** Calls whose answer has not been sent to its end, and whose socket is still there. */
  get openCalls(): number {
    return this.#open.size;
  }

  /** Ends it, with all that hangs in it. */
  async close(): Promise<void> {
    const closed = once(this.#http, "close");
    this.#http.close();
    this.#http.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Whoever goes away in the middle has ended it himself.
    response.on("error", () => undefined);
    this.#open.add(response);
    response.once("close", () => this.#open.delete(response));
    try {
      const call = await readCall(request);
      const { answer, fault } = this.#answer(call);
      await writeAnswer(response, this.#withCommon(answer), fault);
    } catch (error) {
      if (request.destroyed && !request.complete) return;
      await writeAnswer(response, this.#withCommon(answerOf(error)));
    }
  }

  #answer(call: DevCall): { answer: DevAnswer; fault?: Fault } {
    if (call.parts[0] === ORDERS) return { answer: this.#order(call) };
    const name = nameOf(call);
    if (name === undefined) {
      throw new ApiError(405, "InvalidMethod", `${call.verb} ${call.path} is not known`);
    }
    const fault = this.faults.take(name, shardOf(call));
    if (fault?.kind === "error") {
      const { status, code, message = "on command" } = fault;
      throw new ApiError(status, code, message);
    }
    verifyProof(call, this.#options, this.clock.nowMs());
    const answer = answerCall(this.store, { name, call }, this.#options.pullBytesMax ?? 10 * MIB);
    return fault === undefined ? { answer } : { answer, fault };
  }

  #order(call: DevCall): DevAnswer {
    if (call.headers.authorization !== `Bearer ${this.#options.keys[0]?.secret}`) {
      throw new ApiError(401, "Unauthorized", "orders need the secret of the first key");
    }
    return carryOut(this, call);
  }

  #withCommon(answer: DevAnswer): DevAnswer {
    const nowMs = this.clock.nowMs();
    const common = {
      "x-log-requestid": randomBytes(12).toString("hex").toUpperCase(),
      "x-log-time": String(Math.floor(nowMs / 1000)),
      date: new Date(nowMs).toUTCString(),
      server: "banyan-dev-sls",
      "access-control-allow-origin": "*",
    };
    return { ...answer, headers: { ...common, ...answer.headers } };
  }
}

function shardOf({ parts }: DevCall): number | undefined {
  return parts[2] === "shards" && /^\d+$/.test(parts[3] ?? "") ? Number(parts[3]) : undefined;
}

/** A mistake in the server itself is told as the service would. */
function answerOf(error: unknown): DevAnswer {
  if (error instanceof ApiError) return refusal(error);
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return refusal(new ApiError(500, "InternalServerError", text));
}
