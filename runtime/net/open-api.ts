import { STATUS_CODES } from "node:http";
import { objectSchema, taggedSchema } from "../../protocols/protocol.ts";
import type { Fields } from "../../protocols/protocol.ts";
import type { Operation, ReplyShape, Route } from "./route.ts";

/** What the OpenAPI document of a port says first. */
export interface ApiTitle {
  readonly title: string;
  readonly version: string;
}

/** The entry of one operation, in the terms of fastify's route schema, from which @fastify/swagger makes the document. */
export function operationSchema(route: Route, operation: Operation): Record<string, unknown> {
  return {
    summary: operation.summary,
    ...bodyOf(operation),
    ...(operation.query === undefined ? {} : { querystring: objectSchema(operation.query) }),
    ...(route.path.endsWith("/*")
      ? { params: { type: "object", properties: { "*": { type: "string" } } } }
      : {}),
    response: Object.fromEntries(
      Object.entries(operation.answers).map(([status, answer]) => [
        status,
        status === "200" && operation.replies !== undefined
          ? oneOf(operation.replies, "the entity's answer")
          : answerSchema(status, answer),
      ]),
    ),
  };
}

function bodyOf({ body, messages }: Operation): object {
  if (messages !== undefined) {
    const shapes = Object.entries(messages).map(([kind, fields]) => ({ kind, fields }));
    return { body: oneOf(shapes, "one of these messages") };
  }
  return body === undefined ? {} : { body: objectSchema(body) };
}

function oneOf(shapes: readonly ReplyShape[], description: string): object {
  return { description, anyOf: shapes.map(({ kind, fields }) => taggedSchema(kind, fields)) };
}

function answerSchema(status: string, answer: Fields | string): unknown {
  const description = STATUS_CODES[status] ?? "";
  if (typeof answer === "string") {
    return { description, content: { [answer]: { schema: { type: "string" } } } };
  }
  return { description, ...objectSchema(answer) };
}
