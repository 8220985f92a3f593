import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { WebSocket } from "ws";
import { eventually } from "../support/eventually.ts";
import { Banyan, banyan, startNode, workplace } from "../support/node-process.ts";
import type { NodeProcess, Workplace } from "../support/node-process.ts";

let place: Workplace;
let node: NodeProcess;
before(async () => {
  place = workplace();
  node = await startNode(place.folder);
});
after(async () => {
  await node.stop();
  place.remove();
});

/** What a command prints; it must succeed. */
async function print(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await banyan(place.folder, words);
  assert.equal(code, 0, `${words.join(" ")}: ${stdout}${stderr}`);
  return stdout;
}

const HEAD = /^banyan: ready, up .*; \d+ actors, 0 stalls, 0 quarantined, 0 zombies; by /;

describe("an operator at the command line", () => {
  it("sees who stands out, in every order, and in short with --json", async () => {
    assert.match(await print("top"), HEAD);
    assert.match(await print("top", "--once", "--sort", "busy"), /by busy time\n\n/);
    const { sort, top } = JSON.parse(await print("top", "--json", "--sort", "restarts")) as {
      sort: string;
      top: unknown[];
    };
    assert.deepEqual([sort, top], ["restarts", []]);
    const { code, stderr } = await banyan(place.folder, ["top", "--sort", "size"]);
    assert.equal(code, 2);
    assert.match(stderr, /Allowed choices are age, mailbox, busy, restarts/);
  });

  it("has actors suspended and restarted, and sees that they were", async () => {
    assert.equal(await print("act", "suspend", "/rooms"), "suspend: 1 actor\n");
    assert.match(await print("tree", "/rooms"), /^rooms +rooms +suspended /m);
    assert.match(await print("why", "/rooms"), /^\/rooms \(rooms\)\n {2}state +suspended, /);
    assert.equal(await print("act", "resume", "/rooms"), "resume: 1 actor\n");
    assert.equal(await print("act", "restart", "--type", "listener"), "restart: 3 of 3 actors\n");
    assert.match(await print("top", "--sort", "restarts"), /\n\/gateway\/web +listener +running .* 1 +\d+\n/);
  });

  it("is told in words what cannot be done", async () => {
    const refused = async (...words: string[]) => {
      const { code, stderr } = await banyan(place.folder, ["act", ...words]);
      return `${code} ${stderr}`;
    };
    assert.match(
      await refused("stop", "/"),
      /^1 banyan: nothing was done; \/: the root stands for the whole node/,
    );
    assert.match(await refused("stop", "/nobody"), /^1 banyan: no actor is at \/nobody; below \/ there are /);
    assert.match(
      await refused("stop"),
      /^2 banyan: say who is meant, once: a path, --type TYPE, or --node\n$/,
    );
    assert.match(await refused("stop", "/rooms", "--node"), /^2 banyan: say who is meant, once/);
    assert.match(
      await refused("reload", "/rooms"),
      /^2 banyan: reload cannot be done to an actor; known: suspend,/,
    );
    assert.match(
      await refused("suspend", "--node"),
      /^2 banyan: suspend cannot be done to the node; known: drain,/,
    );
    assert.match(await refused("explode", "/rooms"), /^2 .*Allowed choices are suspend,/);
  });

  it("finds all of that in the audit, the newest first", async () => {
    const lines = (await print("audit")).trimEnd().split("\n");
    assert.match(lines[0] ?? "", /^when +who +act +target +outcome +because$/);
    assert.match(
      lines[1] ?? "",
      / 127\.0\.0\.1 [0-9a-f]{6} +stop +\/nobody +refused +no actor is at \/nobody/,
    );
    assert.match(lines.at(-1) ?? "", / suspend +\/rooms +done$/);
    assert.equal((await print("audit", "--limit", "1")).trimEnd().split("\n").length, 2);
  });

  it("sees who owes a sign of life", async () => {
    assert.match(
      await print("beats"),
      /^actor +type +owes +deadline +left .*\n(.*\n)*\/census +census +a beat each 30 s +1 min /,
    );
  });

  it("sees that nothing has stalled or was put aside, and is told what is not held", async () => {
    assert.match(await print("stalls"), /^Nobody has fallen silent/);
    assert.match(await print("quarantine"), /^No message is quarantined/);
    assert.match(await print("quarantine", "list"), /^No message is quarantined/);
    const { code, stderr } = await banyan(place.folder, ["quarantine", "replay", "7"]);
    assert.deepEqual([code, stderr], [1, "banyan: no message 7 is quarantined\n"]);
    assert.equal((await banyan(place.folder, ["quarantine", "drop", "seven"])).code, 2);
  });

  it("sees what holds the memory, and gets a heap snapshot", async () => {
    assert.match(
      await print("memory"),
      /^process \d+: .* MiB resident, .*\n\ntype +actors .*\n(.*\n)*listener +3 /,
    );
    assert.match(await print("memory", "--snapshot"), /\.banyan\/snapshots\/.*\.heapsnapshot\n$/);
  });

  it("sees the processes of the node, and of the machine", async () => {
    const processes = await print("processes");
    assert.match(processes, /^The host is serving; 0 restarts, 0 reloads\.\n\nprocess +pid +state /);
    assert.match(processes, new RegExp(`^worker 1 +${node.workerPid()} +serving `, "m"));
    const { stdout } = await banyan(place.folder, ["ps", "--json"]);
    const own = (JSON.parse(stdout) as { pid: number; isStray: boolean; role: string }[]).filter(({ pid }) =>
      [node.process.child.pid, node.workerPid()].includes(pid),
    );
    assert.deepEqual(own.map(({ role, isStray }) => `${role} ${isStray}`).toSorted(), [
      "host false",
      "worker false",
    ]);
  });

  it("follows the turns of an actor as they happen", async () => {
    const trace = new Banyan(place.folder, ["trace", "/rooms", "--for", "600"]);
    await trace.until((stdout) => (stdout.startsWith("when ") ? true : undefined));
    const socket = new WebSocket(`${(node.listeners["web"] ?? "").replace("http", "ws")}/chatroom`);
    await once(socket, "open");
    socket.send('{"kind":"subscribe","id":1,"room":"chat/lobby"}');
    await trace.until((stdout) =>
      /\n\S+ \S+ {2}\w+ +\d+.* ms {2}handled\n/.test(stdout) ? true : undefined,
    );
    socket.close();
    trace.child.kill("SIGINT");
    await trace.ended;
    const traces = async () => ((await node.get("/v1/trace")).body as { traces: unknown[] }).traces;
    await eventually(traces, [], "nobody reads it any more");
  });

  it("is told which number of a trace makes no sense", async () => {
    const dense = await banyan(place.folder, ["trace", "/rooms", "--every", "2000000"]);
    assert.deepEqual([dense.code, dense.stderr], [1, "banyan: everyNth must be at most 1000000\n"]);
    assert.equal((await banyan(place.folder, ["trace", "/rooms", "--for", "ever"])).code, 2);
  });

  it("sees a trace end by itself", async () => {
    const printed = await print("trace", "/census", "--for", "1");
    // It may just have counted.
    assert.match(printed, /^when +message +waited +took +outcome\n(\S+ \S+ +count .* handled\n)?$/);
  });
});
