import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { PROTOCOLS } from "../../../protocols/registry.ts";

const FOLDER = new URL("../../../../protocols/", import.meta.url);

describe("the registry", () => {
  it("lists every protocol that is declared, once", () => {
    const declared = readdirSync(FOLDER)
      .map((file) => readFileSync(new URL(file, FOLDER), "utf8"))
      .flatMap((source) =>
        [...source.matchAll(/defineProtocol\(\{\s*name: "(\w+)"/g)].map(([, name = ""]) => name),
      );
    assert.deepEqual(PROTOCOLS.map(({ name }) => name).toSorted(), declared.toSorted());
    assert.equal(new Set(declared).size, declared.length, "two protocols have the same name");
  });
});
