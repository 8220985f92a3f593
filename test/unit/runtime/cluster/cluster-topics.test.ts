import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RoomProtocol } from "../../../../protocols/room.ts";
import { ClusterTopics } from "../../../../runtime/cluster/cluster-topics.ts";
import { Fault } from "../../../../runtime/fault.ts";
import { Probe } from "../../../support/probe.ts";
import { TopicAir } from "../../../support/topic-air.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

const NAME = "chat/a";

function twoNodes() {
  const { system } = new VirtualSystem();
  const air = new TopicAir();
  const nodes = [air.node(system), air.node(system)].map((topics) => topics.topic(NAME, RoomProtocol));
  const [here, there] = nodes;
  assert.ok(here && there);
  return { system, air, here, there };
}

describe("a topic", () => {
  it("is heard on every node by all who are attached there, and goes to each node once", () => {
    const { system, air, here, there } = twoNodes();
    const receivers = ["/1", "/2", "/3"].map((address) => new Probe(RoomProtocol, address));
    for (const [index, receiver] of receivers.entries()) {
      const { entrance } = index === 0 ? here : there;
      system.tell(entrance, { kind: "attach", receiver });
      system.tell(entrance, { kind: "attach", receiver });
    }
    assert.equal(air.heardBy(NAME), 2);
    assert.equal(system.tell(here.all, { kind: "leave", member: "x" }), "accepted");
    assert.deepEqual(air.told, [`${NAME} leave`]);
    for (const receiver of receivers) assert.equal(receiver.takeTold().length, 1);
  });

  it("is not heard any more when the last one has gone, or has stopped", async () => {
    const virtual = new VirtualSystem();
    const air = new TopicAir();
    const { all, entrance } = air.node(virtual.system).topic(NAME, RoomProtocol);
    const receiver = new Probe(RoomProtocol, "/1");
    const actor = virtual.spawn("actor");
    virtual.system.tell(entrance, { kind: "attach", receiver });
    virtual.system.tell(entrance, { kind: "attach", receiver: actor });
    virtual.system.tell(entrance, { kind: "detach", receiver });
    assert.equal(air.heardBy(NAME), 1);
    virtual.system.steering.steer("stop", { path: "/actor" });
    await virtual.settle();
    virtual.system.tell(all, { kind: "leave", member: "x" });
    assert.equal(air.heardBy(NAME), 0);
    assert.deepEqual(receiver.takeTold(), []);
  });

  it("goes on in the next life of its node, and is told nothing between two", () => {
    const { system } = new VirtualSystem();
    const topics = new ClusterTopics(system);
    const { all, entrance } = topics.topic(NAME, RoomProtocol);
    const receiver = new Probe(RoomProtocol, "/1");
    system.tell(entrance, { kind: "attach", receiver });
    assert.equal(system.tell(all, { kind: "leave", member: "too early" }), "busy");
    const [first, second] = [new TopicAir(), new TopicAir()];
    topics.begin(first);
    topics.begin(second);
    assert.deepEqual([first.heardBy(NAME), second.heardBy(NAME)], [0, 1]);
    system.tell(all, { kind: "leave", member: "x" });
    assert.deepEqual(receiver.takeTold(), [{ kind: "leave", member: "x" }]);
    topics.end(first);
    assert.equal(system.tell(all, { kind: "leave", member: "still there" }), "accepted");
    topics.end(second);
    assert.equal(system.tell(all, { kind: "leave", member: "between two" }), "busy");
  });

  it("takes no question, and counts what cannot travel", async () => {
    const virtual = new VirtualSystem();
    const topics = new ClusterTopics(virtual.system);
    topics.begin({
      tell: () => {
        throw new Fault("cannotTravel", { kind: "leave" });
      },
      hear: () => () => undefined,
    });
    const { all } = topics.topic(NAME, RoomProtocol);
    await assert.rejects(virtual.ask(all, { kind: "presence" }), { code: "unhandledKind" });
    assert.equal(virtual.tell(all, { kind: "leave", member: "x" }), "gone");
    assert.equal(virtual.dead("cannotTravel"), 1);
  });
});
