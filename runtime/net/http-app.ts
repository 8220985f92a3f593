import swagger from "@fastify/swagger";
import { fastify } from "fastify";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Server } from "node:http";
import { Readable } from "node:stream";
import { Fault } from "../fault.ts";
import type { AccessRecord } from "./access-tap.ts";
import { answerRequest } from "./answer-request.ts";
import type { AnswerRequest } from "./answer-request.ts";
import { faultAnswer } from "./fault-answer.ts";
import { operationSchema } from "./open-api.ts";
import type { ApiTitle } from "./open-api.ts";
import type { PortShare } from "./port-share.ts";
import { refuseSocket } from "./refuse-socket.ts";
import { addressOf, routeRequest, splitTarget } from "./route-request.ts";
import type { Method, RouteResponse } from "./route.ts";
import type { RouteTable } from "./route-table.ts";

/** The largest head of a request, in bytes. */
const HEADER_BYTES_MAX = 16_384;
/** The largest body unless its operation says otherwise, in bytes. */
const BODY_BYTES_MAX = 65_536;
/** How many times as long as its head a whole request may take to come. */
const REQUEST_FACTOR = 3;
/** How often overdue requests are looked for, in milliseconds. */
const OVERDUE_EVERY_MS = 1_000;
/** Paths that a `404` lists. */
const PATHS_LISTED_MAX = 30;
/** Where a port documents itself. */
export const OPENAPI_PATH = "/v1/openapi.json";

/** What the HTTP side of a port is made of. */
export interface HttpAppParts {
  readonly listener: string;
  readonly table: RouteTable;
  readonly share: PortShare;
  readonly title: ApiTitle;
  /** Whether a socket on which no request has come in time may wait for one. */
  readonly mayWait: (socket: unknown) => boolean;
}

/** The plain HTTP side of a port: every operation of its routes, and the document that describes them. */
export async function httpApp(parts: HttpAppParts): Promise<FastifyInstance<Server>> {
  const { share, table, title } = parts;
  const requestTimeout = REQUEST_FACTOR * share.handshakeMs;
  const app: FastifyInstance<Server> = fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout,
    forceCloseConnections: "idle",
    http: {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: share.handshakeMs,
      // Node compares the two before fastify sets its own.
      requestTimeout,
      connectionsCheckingInterval: OVERDUE_EVERY_MS,
    },
    clientErrorHandler: (error, socket) => {
      const isLate = error.code === "ERR_HTTP_REQUEST_TIMEOUT";
      if (!isLate || !parts.mayWait(socket)) refuseSocket(socket, clientRefusal(error.code));
    },
    // A path that cannot be decoded; fastify answers it in another shape than everything else here.
    frameworkErrors: (error, request, reply) => void sendError(share, error, request, reply),
  });
  // Bodies stay bytes until the guard has seen them: a signature covers the bytes, not what they mean.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  app.setErrorHandler((error: FastifyError, request, reply) => sendError(share, error, request, reply));
  app.setNotFoundHandler((request, reply) => send(reply, notFound(table, request)));
  await app.register(swagger, { openapi: { info: { ...title } } });
  app.addHook("onResponse", (request, reply, done) => {
    share.answers.add({
      listener: parts.listener,
      route: request.routeOptions.url ?? "none",
      method: request.method,
      status: reply.statusCode,
    });
    if (share.access.isOpen) share.access.add(accessRecord(parts.listener, request, reply));
    done();
  });
  addOperations(app, parts);
  app.get(OPENAPI_PATH, { schema: { hide: true } }, () => app.swagger());
  return app;
}

function addOperations(app: FastifyInstance<Server>, { table, share, listener }: HttpAppParts): void {
  for (const route of table.routes) {
    for (const [method, operation] of Object.entries(route.onRequest ?? {})) {
      const answer = answerRequest(route, operation);
      app.route({
        method,
        url: route.path,
        schema: operationSchema(route, operation),
        ...(operation.bodyMaxBytes === undefined ? {} : { bodyLimit: operation.bodyMaxBytes }),
        handler: (request, reply) => handle(share, answer, { request, reply, listener }),
      });
    }
  }
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly listener: string;
}

async function handle(share: PortShare, answer: AnswerRequest, exchange: Exchange): Promise<FastifyReply> {
  const { request, reply, listener } = exchange;
  const body = request.body instanceof Buffer ? request.body : undefined;
  share.door.hold();
  const answered = answer(routeRequest(request.raw, listener, body), share.requests);
  // What the handler has told or asked is done now, not in the next turn of the loop.
  share.door.pump();
  return send(reply, await answered);
}

function accessRecord(listener: string, request: FastifyRequest, reply: FastifyReply): AccessRecord {
  const { headers, raw } = request;
  return {
    kind: "http",
    listener,
    method: request.method,
    route: request.routeOptions.url ?? "none",
    path: splitTarget(raw.url ?? "/").path,
    status: reply.statusCode,
    bytesIn: Number(headers["content-length"] ?? 0),
    bytesOut: Number(reply.getHeader("content-length") ?? 0),
    durationMs: reply.elapsedTime,
    address: addressOf(raw.socket.remoteAddress),
    agent: headers["user-agent"] ?? "",
  };
}

function send(reply: FastifyReply, { status, headers, body }: RouteResponse): FastifyReply {
  reply.code(status).headers({ ...headers });
  if (body === undefined || typeof body === "string" || body instanceof Uint8Array) return reply.send(body);
  if (body instanceof Readable) return reply.send(body);
  return reply.type("application/json; charset=utf-8").send(JSON.stringify(body));
}

function notFound(table: RouteTable, request: FastifyRequest): RouteResponse {
  const { path } = splitTarget(request.url);
  const route = table.find(path);
  const methods = Object.keys(route?.onRequest ?? {}) as Method[];
  if (methods.length > 0) {
    const text = `${path} takes ${methods.join(", ")}`;
    return { status: 405, headers: { allow: methods.join(", ") }, body: { code: "methodNotAllowed", text } };
  }
  if (route?.connects === true) {
    const text = `${path} is opened as a WebSocket`;
    return { status: 426, headers: { upgrade: "websocket" }, body: { code: "upgradeRequired", text } };
  }
  const known = table.routes.map((other) => other.path).slice(0, PATHS_LISTED_MAX);
  return {
    status: 404,
    body: { code: "unknownRoute", text: `nothing is at ${path}; known: ${known.join(", ")}` },
  };
}

function sendError(
  share: PortShare,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  return send(reply, error instanceof Fault ? faultAnswer(error) : errorAnswer(share, error, request));
}

function errorAnswer(share: PortShare, error: FastifyError, request: FastifyRequest): RouteResponse {
  const status = error.statusCode ?? 500;
  if (status < 500) {
    const code = status === 413 ? "tooLarge" : "badRequest";
    return { status, body: { code, text: error.message } };
  }
  share.log.error("request.failed", {
    method: request.method,
    path: splitTarget(request.url).path,
    err: error,
  });
  return { status, body: { code: "internalError", text: "the request failed; the log says why" } };
}

/** What is said to a client whose bytes are no HTTP request. */
function clientRefusal(code: string | undefined): { status: number; code: string; text: string } {
  if (code === "HPE_HEADER_OVERFLOW") {
    return {
      status: 431,
      code: "tooLarge",
      text: `the head of a request may have ${HEADER_BYTES_MAX} bytes`,
    };
  }
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return { status: 408, code: "tooSlow", text: "the request did not come in time" };
  }
  return { status: 400, code: "badRequest", text: "this is no HTTP request" };
}
