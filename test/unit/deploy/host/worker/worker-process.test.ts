import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { describe, it } from "node:test";
import { WorkerProcess } from "../../../../../deploy/host/worker/worker-process.ts";
import { ObedientChild } from "../../../../support/obedient-child.ts";

function worker(): WorkerProcess {
  return new WorkerProcess({
    number: 1,
    child: new ObedientChild(1_000_001) as unknown as ChildProcess,
    dataDir: "/no/such/folder",
    events: { onRequest: () => undefined, onEnd: () => undefined },
  });
}

describe("the ports of a worker", () => {
  it("are each known once, though it asks for them again after every hand-over that failed", () => {
    const web = { listener: "web", host: "127.0.0.1", port: 8080 };
    const ops = { listener: "ops", host: "127.0.0.1", port: 8081 };
    const asking = worker();
    for (let times = 0; times < 3; times++) for (const port of [web, ops]) asking.wantsPort({ ...port });
    assert.deepEqual(asking.ports, [web, ops]);
  });

  it("are as many as its listeners when any free one will do", () => {
    const asking = worker();
    for (const listener of ["web", "line", "web"]) asking.wantsPort({ listener, host: "127.0.0.1", port: 0 });
    assert.deepEqual(
      asking.ports.map(({ listener }) => listener),
      ["web", "line"],
    );
  });
});
