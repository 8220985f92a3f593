import { inspect } from "node:util";

/** What was thrown, as an error: anything can be thrown, also what has no text of its own. */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new Error(typeof thrown === "string" ? thrown : inspect(thrown));
}
