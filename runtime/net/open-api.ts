import { STATUS_CODES } from "node:http";
import { objectSchema } from "../../protocols/protocol.ts";
import type { Fields } from "../../protocols/protocol.ts";
import type { Operation, Route } from "./route.ts";

/** What the OpenAPI document of a port says first. */
export interface ApiTitle {
  readonly title: string;
  readonly version: string;
}

/** The entry of one operation, in the terms of fastify's route schema, from which @fastify/swagger makes the document. */
export function operationSchema(route: Route, operation: Operation): Record<string, unknown> {
  return {
    summary: operation.summary,
    ...(operation.body === undefined ? {} : { body: objectSchema(operation.body) }),
    ...(operation.query === undefined ? {} : { querystring: objectSchema(operation.query) }),
    ...(route.path.endsWith("/*")
      ? { params: { type: "object", properties: { "*": { type: "string" } } } }
      : {}),
    response: Object.fromEntries(
      Object.entries(operation.answers).map(([status, answer]) => [status, answerSchema(status, answer)]),
    ),
  };
}

function answerSchema(status: string, answer: Fields | string): unknown {
  const description = STATUS_CODES[status] ?? "";
  if (typeof answer === "string") {
    return { description, content: { [answer]: { schema: { type: "string" } } } };
  }
  return { description, ...objectSchema(answer) };
}
