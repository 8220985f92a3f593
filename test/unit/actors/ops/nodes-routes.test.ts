import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { looksThrough } from "../../../../actors/ops/looks.ts";
import { nodesRoutes } from "../../../../actors/ops/nodes-routes.ts";
import type { NodeReport } from "../../../../actors/ops/nodes-routes.ts";
import { Ops } from "../../../../actors/ops/ops.ts";
import { treeRoutes } from "../../../../actors/ops/tree-routes.ts";
import { whereRoutes } from "../../../../actors/ops/where-routes.ts";
import type { RouteResponse } from "../../../../runtime/net/route.ts";
import { opsCall, refusalOf, wordsOf } from "../../../support/ops-call.ts";
import { ScriptedCluster } from "../../../support/scripted-cluster.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

const REPORT: NodeReport = {
  version: "1.2.3",
  pid: 7,
  status: "ready",
  uptimeMs: 5,
  actors: 3,
  entities: 2,
  opsUrl: "http://a.test:9510",
  listeners: {},
};

interface Row {
  readonly node: string;
  readonly incarnation: string;
  readonly state: string;
  readonly isSelf: boolean;
  readonly cause?: string;
  readonly leaseAgeMs?: number;
  readonly silence?: string;
  readonly report?: NodeReport;
}

/** Three nodes in one process: `b` answers, `c` hangs for ever. */
function world() {
  const virtual = new VirtualSystem();
  const cluster = new ScriptedCluster().has({ "a/first": "up", "b/first": "up", "c/first": "leaving" });
  const farReport = { ...REPORT, pid: 8 };
  const far = [
    ...nodesRoutes({ system: virtual.system, cluster: undefined, node: "b", report: () => farReport }),
    ...treeRoutes({ system: virtual.system, actorsMax: 2 }),
  ];
  cluster.reached.set("b/first", virtual.system.spawn(Ops, "ops", { look: looksThrough(far) }));
  cluster.reached.set("c/first", virtual.system.spawn(Ops, "hung", { look: () => new Promise(() => {}) }));
  const routes = [
    ...nodesRoutes({ system: virtual.system, cluster, node: "a", report: () => REPORT }),
    ...treeRoutes({ system: virtual.system, cluster, actorsMax: 100 }),
    ...whereRoutes(cluster),
  ];
  const answered = async (asked: Promise<RouteResponse>): Promise<RouteResponse> => {
    await virtual.advance(2_000);
    return asked;
  };
  const get = (target: string) => answered(opsCall(routes, "GET", target));
  const drain = (node: string) => answered(opsCall(routes, "POST", "/v1/nodes/act", { act: "drain", node }));
  return { virtual, cluster, get, drain };
}

const nodesIn = ({ body }: RouteResponse) => (body as { nodes: Row[] }).nodes;

describe("the nodes", () => {
  it("are all that the table has, with what each says of itself", async () => {
    const { get } = world();
    const [a, b, c] = nodesIn(await get("/v1/nodes"));
    assert.deepEqual([a?.isSelf, a?.state, a?.leaseAgeMs, a?.report?.pid], [true, "up", 1_000, 7]);
    assert.deepEqual([b?.isSelf, b?.state, b?.report?.pid], [false, "up", 8]);
    assert.deepEqual([c?.state, c?.report, c?.silence], ["leaving", undefined, "no answer within 1500 ms"]);
  });

  it("are shown as silent when they cannot be reached at all", async () => {
    const { cluster, get } = world();
    cluster.reached.clear();
    const [, b] = nodesIn(await get("/v1/nodes"));
    assert.match(b?.silence ?? "", /^actorGone/);
  });

  it("show the living first, then who died last, and ask no dead", async () => {
    const { cluster, get } = world();
    cluster.has({ "z/old": "dead", "y/old": "dead", "b/first": "up", "a/first": "up" });
    const rows = nodesIn(await get("/v1/nodes"));
    assert.deepEqual(
      rows.map(({ incarnation, cause, silence }) => [incarnation, cause, silence]),
      [
        ["a/first", undefined, undefined],
        ["b/first", undefined, undefined],
        ["y/old", "expired", undefined],
        ["z/old", "expired", undefined],
      ],
    );
  });

  it("are this one alone where there is no cluster", async () => {
    const { system } = new VirtualSystem();
    const routes = nodesRoutes({ system, cluster: undefined, node: "elm", report: () => REPORT });
    const { body } = await opsCall(routes, "GET", "/v1/nodes");
    const { isCluster, nodes } = body as { isCluster: boolean; nodes: Row[] };
    assert.deepEqual([isCluster, nodes.map(({ node }) => node)], [false, ["elm"]]);
    const refused = await opsCall(routes, "POST", "/v1/nodes/act", { act: "drain", node: "elm" });
    assert.deepEqual(refusalOf(refused), [409, "noCluster", "node"]);
  });
});

describe("a drain of a node", () => {
  it("is ordered by its name, whichever node is asked", async () => {
    const { cluster, drain } = world();
    const { status, body } = await drain("b");
    assert.deepEqual([status, (body as Row).incarnation], [202, "b/first"]);
    assert.deepEqual(cluster.drained, ["b/first"]);
  });

  it("names those there are when nobody is called so, and asks which when two are", async () => {
    const { cluster, drain } = world();
    const unknown = await drain("d");
    assert.deepEqual(refusalOf(unknown), [404, "noSuchNode", "node"]);
    assert.match(wordsOf(unknown), /there are a, b, c/);
    cluster.has({ "a/first": "up", "b/first": "leaving", "b/second": "up" });
    const ambiguous = await drain("b");
    assert.deepEqual(refusalOf(ambiguous), [409, "ambiguousNode", "node"]);
    assert.match(wordsOf(ambiguous), /b\/first \(leaving\), b\/second \(up\)/);
    assert.equal((await drain("b/second")).status, 202);
    assert.deepEqual(cluster.drained, ["b/second"]);
  });
});

describe("the tree of a cluster", () => {
  interface Trunk {
    readonly name: string;
    readonly state: string;
    readonly truncated?: boolean;
    readonly details?: { readonly why?: string; readonly member?: string };
    readonly children?: readonly Trunk[];
  }

  it("has a trunk for each node, and says of a silent one that it is silent", async () => {
    const { get } = world();
    const { status, body } = await get("/v1/tree");
    const tree = body as Trunk;
    assert.deepEqual([status, tree.name, tree.truncated], [200, "cluster", true]);
    assert.deepEqual(
      tree.children?.map(({ name, state, details }) => [name, state, details?.member]),
      [
        ["a", "running", "up"],
        ["b", "running", "up"],
        ["c", "silent", "leaving"],
      ],
    );
    assert.deepEqual(
      tree.children?.[0]?.children?.map(({ name }) => name),
      ["ops", "hung"],
    );
    assert.equal(tree.children?.[1]?.children?.length, 1, "another node shows fewer actors");
  });

  it("is that of one node when one is named, and of this one below a path", async () => {
    const { get } = world();
    assert.equal(((await get("/v1/tree?node=b&depth=0")).body as Trunk).children, undefined);
    assert.equal(((await get("/v1/tree?path=/ops")).body as Trunk).name, "ops");
    assert.deepEqual(refusalOf(await get("/v1/tree?node=c")), [504, "nodeSilent", "node"]);
    assert.deepEqual(refusalOf(await get("/v1/tree?node=nobody")), [404, "noSuchNode", "node"]);
    assert.deepEqual(refusalOf(await get("/v1/tree?node=b&path=/nowhere")), [404, "noSuchActor", "path"]);
  });
});

describe("where an entity is", () => {
  it("is at its owner, whose state is told", async () => {
    const { cluster, get } = world();
    cluster.whereabouts = { kind: "owned", by: { node: "c", incarnation: "c/first", ownerEpoch: 5 } };
    const { body } = await get("/v1/where?entity=account/ana");
    const owner = { node: "c", incarnation: "c/first", ownerEpoch: 5, state: "leaving" };
    assert.deepEqual(body, { entity: "entity:account/ana", standing: "owned", owner });
  });

  it("is where it belongs when nobody has it", async () => {
    const { cluster, get } = world();
    cluster.whereabouts = { kind: "free", belongsTo: "b/first" };
    const { body } = await get("/v1/where?entity=entity:account/ana");
    const belongsTo = { node: "b", incarnation: "b/first" };
    assert.deepEqual(body, { entity: "entity:account/ana", standing: "free", belongsTo });
  });

  it("is nowhere for what can be no entity", async () => {
    const { get } = world();
    for (const text of ["", "account", "account/", "Account/ana", "account/%zz"]) {
      const answer = await get(`/v1/where?entity=${encodeURIComponent(text)}`);
      assert.deepEqual(refusalOf(answer), [400, "invalidField", "entity"], text);
    }
  });

  it("is here where this node stands alone", async () => {
    const { body } = await opsCall(whereRoutes(undefined), "GET", "/v1/where?entity=account/ana");
    assert.deepEqual(body, { entity: "entity:account/ana", standing: "alone" });
  });
});
