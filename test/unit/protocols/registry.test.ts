import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { ENTITY_EVENTS, PROTOCOLS } from "../../../protocols/registry.ts";

const FOLDER = new URL("../../../../protocols/", import.meta.url);

/** The names of all that a function has declared in the protocols. */
function declaredBy(define: string): string[] {
  const declaration = new RegExp(`${define}\\(\\{\\s*name: "(\\w+)"`, "g");
  return readdirSync(FOLDER)
    .map((file) => readFileSync(new URL(file, FOLDER), "utf8"))
    .flatMap((source) => Array.from(source.matchAll(declaration), ([, name = ""]) => name));
}

describe("the registry", () => {
  for (const [what, define, listed] of [
    ["protocol", "defineProtocol", PROTOCOLS],
    ["kind of events", "defineEvents", ENTITY_EVENTS],
  ] as const) {
    it(`lists every ${what} that is declared, once`, () => {
      const declared = declaredBy(define);
      assert.deepEqual(listed.map(({ name }) => name).toSorted(), declared.toSorted());
      assert.equal(new Set(declared).size, declared.length, "two have the same name");
    });
  }
});
