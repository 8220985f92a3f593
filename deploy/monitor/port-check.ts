import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { connect } from "node:net";
import { CLIENT_PROTOCOL_VERSION } from "../../protocols/client-protocol.ts";
import { LENGTH_FRAMING, LINE_FRAMING } from "../../runtime/net/framing.ts";
import type { PortTarget } from "./port-target.ts";

/** What a look at a port has found. */
export type PortCheck =
  | { readonly isUp: true; readonly tookMs: number }
  | { readonly isUp: false; readonly why: string };

const SERVER_ERROR = 500;
const HELLO = Buffer.from(JSON.stringify({ kind: "hello", version: CLIENT_PROTOCOL_VERSION }));

/**
 * Looks whether somebody answers at a port, on a connection of its own. To be connected is not enough, because a host
 * keeps the ports of a worker that is dead: an HTTP port has to answer below 500, a port with frames has to say welcome.
 */
export async function checkPort(target: PortTarget, timeoutMs: number): Promise<PortCheck> {
  const startedMs = performance.now();
  let limit: NodeJS.Timeout | undefined;
  const abort = new AbortController();
  const late = new Promise<string>((resolve) => {
    limit = setTimeout(() => resolve(`no answer within ${timeoutMs} ms`), timeoutMs);
  });
  const why = await Promise.race([late, lookAt(target, abort.signal)]);
  clearTimeout(limit);
  abort.abort();
  if (why !== undefined) return { isUp: false, why };
  return { isUp: true, tookMs: Math.round(performance.now() - startedMs) };
}

/** Resolves with what is wrong; undefined when nothing is. */
function lookAt(target: PortTarget, signal: AbortSignal): Promise<string | undefined> {
  return target.url.startsWith("tcp:") ? lookAtStream(target, signal) : lookAtHttp(target, signal);
}

function lookAtHttp({ url }: PortTarget, signal: AbortSignal): Promise<string | undefined> {
  const request = url.startsWith("https:") ? requestHttps : requestHttp;
  return new Promise((resolve) => {
    const call = request(url, { agent: false, signal }, (answer) => {
      const { statusCode = 0 } = answer;
      answer.on("error", () => undefined).resume();
      resolve(statusCode > 0 && statusCode < SERVER_ERROR ? undefined : `HTTP ${statusCode}`);
    });
    call.on("error", (error) => resolve(reasonOf(error)));
    call.end();
  });
}

function lookAtStream({ url, framing }: PortTarget, signal: AbortSignal): Promise<string | undefined> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port), signal });
    const done = (why?: string): void => {
      resolve(why);
      socket.destroy();
    };
    socket.on("error", (error) => done(reasonOf(error)));
    socket.on("close", () => done("closed without an answer"));
    socket.on("connect", () => {
      if (framing === undefined) return done();
      socket.write((framing === "line" ? LINE_FRAMING : LENGTH_FRAMING).encode(HELLO));
    });
    socket.on("data", () => done());
  });
}

function reasonOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.message;
}
