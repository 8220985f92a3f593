import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { whyRoutes } from "../../../../actors/ops/why-routes.ts";
import { opsCall, refusalOf } from "../../../support/ops-call.ts";
import { crash, note, work } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

const why = (virtual: VirtualSystem, query: string) =>
  opsCall(whyRoutes(virtual.system), "GET", `/v1/why${query}`);

interface Why {
  readonly failures: readonly { readonly message: string; readonly cause: string }[];
  readonly stalls: readonly { readonly note?: string }[];
  readonly quarantined: readonly object[];
  readonly deadLetters: readonly { readonly kind: string; readonly reason: string }[];
  readonly zombies: number;
  readonly supervisor: { readonly path: string };
}

describe("why an actor is as it is", () => {
  it("is told by its failures and by what was lost", async () => {
    const virtual = new VirtualSystem();
    virtual.spawn("room");
    virtual.spawn("other");
    virtual.tell(virtual.at("/room"), crash);
    virtual.tell(virtual.at("/other"), crash);
    await virtual.advance(1_000);
    const { failures, deadLetters, supervisor } = (await why(virtual, "?path=/room")).body as Why;
    assert.deepEqual(
      failures.map(({ message, cause }) => [message, cause]),
      [["crash", "crash"]],
    );
    assert.deepEqual(
      deadLetters.map(({ kind, reason }) => [kind, reason]),
      [["work", "handlerFailed"]],
      "only its own",
    );
    assert.equal(supervisor.path, "/");
  });

  it("is told by its stalls, its quarantined messages without their content, and its zombies", async () => {
    const virtual = new VirtualSystem();
    for (const name of ["puller", "other"]) {
      virtual.tell(
        virtual.spawn(name, { progressWithinMs: 1_000 }),
        work((context) => (context.beat("page 7"), new Promise<void>(() => {}))),
      );
    }
    await virtual.advance(10_000);
    const { stalls, quarantined, zombies } = (await why(virtual, "?path=/puller")).body as Why;
    assert.deepEqual(
      stalls.map((stall) => stall.note),
      ["page 7", "page 7", "page 7"],
    );
    assert.equal(quarantined.length, 1);
    assert.ok(!("message" in (quarantined[0] ?? {})));
    assert.equal(zombies, 3);
  });

  it("is empty for one with which nothing is wrong", async () => {
    const virtual = new VirtualSystem();
    virtual.tell(virtual.spawn("room"), note("hello"));
    await virtual.settle();
    const { failures, stalls, quarantined, deadLetters } = (await why(virtual, "?path=/room")).body as Why;
    assert.deepEqual([failures, stalls, quarantined, deadLetters], [[], [], [], []]);
  });

  it("is refused without a path, and where nobody is", async () => {
    const virtual = new VirtualSystem();
    assert.deepEqual(refusalOf(await why(virtual, "")), [400, "invalidField", "path"]);
    assert.deepEqual(refusalOf(await why(virtual, "?path=/nobody")), [404, "noSuchActor", "path"]);
  });
});
