import assert from "node:assert/strict";
import Schema from "typebox/schema";

/** One operation of a port's document. */
export interface OpenApiOperation {
  readonly summary: string;
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema?: object }> }>;
}

/** A port's document, as far as tests look at it. */
export interface OpenApi {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, OpenApiOperation>>;
}

/** Holds an answer against what is documented for its status. @throws AssertionError */
export function assertDocumented(
  operation: OpenApiOperation | undefined,
  status: number,
  body: unknown,
): void {
  assert.ok(operation?.summary, "an operation without a summary");
  const answer = operation.responses[status];
  assert.ok(answer, `${operation.summary}: ${status} is not documented`);
  const schema = answer.content?.["application/json"]?.schema;
  if (schema === undefined) return assert.equal(typeof body, "string");
  const [isValid, errors] = Schema.Errors(schema, body);
  assert.ok(isValid, `${operation.summary}: ${JSON.stringify(errors)}`);
}
