import { describe, it } from "node:test";
import { runTransports } from "../../../support/transport-run.ts";

const SEEDS = 40;

describe("a network of nodes in which everything goes wrong", () => {
  it("loses nothing among the living, brings nothing twice and keeps the order of each sender", async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      await runTransports(seed).catch((error: unknown) => {
        throw new Error(`seed ${seed}`, { cause: error });
      });
    }
  });
});
