import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ConsistentHash, LeastMailbox, RoundRobin } from "../../../../runtime/routers/choosing.ts";
import type { Choosing } from "../../../../runtime/routers/choosing.ts";
import { Routees, Router } from "../../../../runtime/routers/router.ts";
import type { RoutedMessage } from "../../../../runtime/routers/router.ts";
import { answer, gate, note, question, work } from "../../../support/script.ts";
import type { ScriptProtocol } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

type Message = RoutedMessage<ScriptProtocol>;
const NAMES = ["a", "b", "c"];

function world(choosing: Choosing<Message>, { mailboxMax = 100 } = {}) {
  const virtual = new VirtualSystem();
  const members = NAMES.map((name) => virtual.spawn(name, { mailboxMax }));
  const routees = new Routees<ScriptProtocol>(choosing, members);
  const router = virtual.system.spawn(Router, "router", routees as never);
  const notes = (): string[] =>
    NAMES.map((name) =>
      virtual.system.describe({ path: `/${name}` }) === undefined ? "-" : virtual.notes(`/${name}`).join(" "),
    );
  return { virtual, members, routees, router, notes, reference: routees.reference };
}

describe("a router", () => {
  it("gives each message to one of those behind it, in turn", async () => {
    const { virtual, reference, notes } = world(new RoundRobin());
    for (const text of ["1", "2", "3", "4"]) assert.equal(virtual.tell(reference, note(text)), "accepted");
    await virtual.settle();
    assert.deepEqual(notes(), ["1 4", "2", "3"]);
  });

  it("passes on questions, and the answers come to who has asked", async () => {
    const { virtual, reference } = world(new RoundRobin());
    const asked = virtual.ask(
      reference,
      question((context) => context.reply(answer(context.path))),
    );
    await virtual.settle();
    assert.equal((await asked).value, "/a");
  });

  it("leaves out who has stopped, also before it was told", async () => {
    const { virtual, routees, reference, notes } = world(new RoundRobin());
    virtual.tell(
      virtual.at("/b"),
      work((context) => context.stopSelf()),
    );
    await virtual.settle();
    assert.deepEqual(
      routees.members.map(({ address }) => address.split("#")[0]),
      ["/a", "/c"],
    );
    for (const text of ["1", "2", "3"]) virtual.tell(reference, note(text));
    await virtual.settle();
    assert.deepEqual(notes(), ["1 3", "-", "2"]);
    assert.equal(virtual.dead("actorGone"), 0);
  });

  it("takes new ones in, and lets others go", async () => {
    const { virtual, router, members, reference, notes, routees } = world(new RoundRobin());
    virtual.tell(router, { kind: "leaveOut", member: members[0] as never });
    virtual.tell(router, { kind: "add", member: members[1] as never });
    await virtual.settle();
    assert.equal(routees.members.length, 2, "who is there already is not there twice");
    for (const text of ["1", "2"]) virtual.tell(reference, note(text));
    await virtual.settle();
    assert.deepEqual(notes(), ["", "1", "2"]);
  });

  it("spares those who are busy, and says so when all are", async () => {
    const { virtual, members, reference } = world(new LeastMailbox(), { mailboxMax: 2 });
    const { opened } = gate();
    const waits = work(() => opened);
    for (const member of members) virtual.tell(member, waits);
    await virtual.settle();
    virtual.tell(members[0] as never, note("waits"));
    const verdicts = Array.from({ length: 6 }, (_, at) => virtual.tell(reference, note(String(at))));
    assert.deepEqual(verdicts, ["accepted", "accepted", "accepted", "accepted", "accepted", "busy"]);
    const asked = virtual.ask(
      reference,
      question((context) => context.reply(answer())),
    );
    await assert.rejects(asked, { code: "mailboxFull" });
  });

  it("keeps together what belongs together", async () => {
    const { virtual, reference, notes } = world(
      new ConsistentHash<Message>((message) => (message.kind === "note" ? message.text.slice(0, 1) : "")),
    );
    for (const text of ["x1", "y1", "x2", "z1", "y2", "x3"]) virtual.tell(reference, note(text));
    await virtual.settle();
    const all = notes().filter((of) => of !== "");
    assert.ok(all.some((of) => of.includes("x1") && of.includes("x2") && of.includes("x3")));
    assert.ok(all.some((of) => of.includes("y1") && of.includes("y2")));
  });

  it("says that nobody is there, and counts it", async () => {
    const virtual = new VirtualSystem();
    const routees = new Routees<ScriptProtocol>(new RoundRobin());
    assert.equal(virtual.tell(routees.reference, note("1")), "gone");
    await assert.rejects(
      virtual.ask(
        routees.reference,
        question(() => {}),
      ),
      { code: "actorGone" },
    );
    assert.equal(routees.unrouted, 2);
  });
});
