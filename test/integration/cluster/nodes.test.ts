import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ClusterProcesses } from "../../support/cluster-processes.ts";
import { eventually } from "../../support/eventually.ts";
import { eventsIn } from "../../support/node-process.ts";

const LIMIT_MS = 240_000;
const ALL_UP = ["a up", "b up", "c up"];

interface Tree {
  readonly name: string;
  readonly state: string;
  readonly children?: readonly Tree[];
}

describe("three nodes on one Redis", { timeout: LIMIT_MS }, () => {
  let cluster: ClusterProcesses;
  before(async () => {
    cluster = await ClusterProcesses.start("a", "b", "c");
  });
  after(() => cluster.stop());

  const incarnationsSeen = async (by: string, node: string) =>
    (await cluster.seenBy(by)).filter((seen) => seen.node === node).map(({ incarnation }) => incarnation);

  it("see each other, and any of them shows what all say of themselves", async () => {
    for (const name of ["a", "b", "c"]) await cluster.untilSeenBy(name, ALL_UP);
    const reports = async () =>
      (await cluster.seenBy("b")).map(({ node, report }) => [node, report?.pid, report?.opsUrl]);
    await eventually(
      reports,
      ["a", "b", "c"].map((name) => [name, cluster.pidOf(name), cluster.node(name).ops]),
    );
  });

  it("show all their trees as one, from any of them", async () => {
    const trunks = async () => {
      const { status, body } = await cluster.node("c").get("/v1/tree?depth=1");
      assert.equal(status, 200);
      return (body as Tree).children?.map(({ name, state, children = [] }) => [
        name,
        state,
        children.some((child) => child.name === "rooms"),
      ]);
    };
    // One that does not answer in time is shown as silent.
    await eventually(trunks, [
      ["a", "running", true],
      ["b", "running", true],
      ["c", "running", true],
    ]);
    const one = async () => ((await cluster.node("c").get("/v1/tree?node=a&depth=0")).body as Tree).name;
    await eventually(one, "a");
  });

  it("go on after Redis was restarted, under the names that they had", async () => {
    const incarnations = (await cluster.seenBy("a")).map(({ incarnation }) => incarnation);
    await cluster.redis.kill("SIGKILL");
    await cluster.redis.start();
    await cluster.untilLogged("a", "cluster.storeChanged");
    for (const name of ["a", "b", "c"]) await cluster.untilSeenBy(name, ALL_UP);
    assert.deepEqual(
      (await cluster.seenBy("a")).map(({ incarnation }) => incarnation),
      incarnations,
    );
  });

  it("show one that is paused as silent, remove it, and see it come back as somebody new", async () => {
    const [first] = await incarnationsSeen("a", "b");
    process.kill(cluster.pidOf("b"), "SIGSTOP");
    const silent = async () =>
      (await cluster.seenBy("a")).find(({ node }) => node === "b")?.silence !== undefined;
    await eventually(silent, true);
    await cluster.untilSeenBy("a", ["a up", "b dead expired", "c up"]);
    process.kill(cluster.pidOf("b"), "SIGCONT");
    await cluster.untilSeenBy("a", ["a up", "b dead expired", "b up", "c up"]);
    const all = await incarnationsSeen("b", "b");
    assert.equal(all.length, 2);
    assert.ok(first !== undefined && all.includes(first));
    const causes = () =>
      eventsIn(cluster.node("b").process.stdout, "cluster.memberFenced").map(({ cause }) => cause);
    await eventually(() => causes().includes("removed"), true);
  });

  it("drain one that any of them was told to, which stays and says so", async () => {
    const { ops, token } = cluster.node("a");
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const living = (await cluster.seenBy("a")).find(({ node, state }) => node === "b" && state === "up");
    const order = { act: "drain", node: living?.incarnation };
    const answer = await fetch(`${ops}/v1/nodes/act`, {
      method: "POST",
      headers,
      body: JSON.stringify(order),
    });
    assert.equal(answer.status, 202);
    await cluster.untilLogged("b", "cluster.drainAsked");
    await cluster.untilSeenBy("c", ["a up", "b dead expired", "b leaving", "c up"]);
    await eventually(async () => (await cluster.node("b").get("/readyz")).status, 503);
  });

  it("say at once that one has left, when it was stopped in order", async () => {
    const ended = await cluster.node("b").stop();
    assert.equal(ended.code, 0);
    await cluster.untilSeenBy("a", ["a up", "b dead expired", "b dead left", "c up"]);
  });

  it("remove one that was killed, after its lease", async () => {
    process.kill(cluster.pidOf("c"), "SIGKILL");
    await cluster.node("c").process.ended;
    await cluster.untilSeenBy("a", ["a up", "b dead expired", "b dead left", "c dead expired"]);
  });
});
