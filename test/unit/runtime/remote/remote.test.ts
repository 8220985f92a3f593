import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { defineActor } from "../../../../runtime/actor/define-actor.ts";
import { ParcelCodec } from "../../../../runtime/codec/parcel-codec.ts";
import type { Letter, Parcel } from "../../../../runtime/codec/parcel.ts";
import { isFault } from "../../../../runtime/fault.ts";
import { PARCEL_BYTES_MAX } from "../../../../runtime/transport/outbox.ts";
import { RegionWorld } from "../../../support/region-world.ts";
import { ListenerOfRegister } from "../../../support/register.ts";
import { note, script, work } from "../../../support/script.ts";

const Listener = defineActor({
  protocol: ListenerOfRegister,
  initialState: (): string[] => [],
  mailboxMax: 2,
  handlers: {
    heard: (texts, { text }) => void texts.push(text),
    what: () => {},
  },
  describe: (texts) => ({ texts: [...texts] }),
});

describe("messages to another node", () => {
  it("end with nodeLost when that node dies, and so do watches", async () => {
    const { world, near, far, listener } = await pair();
    far.pause();
    const asked = near.system.ask(listener, { kind: "what" }, { deadlineMs: 60_000 });
    asked.catch(() => {});
    const sender = near.spawn("sender");
    near.system.tell(
      sender,
      work((context) => context.watch(listener, note("stopped"))),
    );
    await world.advance(1_000);
    far.kill();
    await world.advance(9_000);
    await assert.rejects(asked, (error: unknown) => isFault(error, "nodeLost") && error.retryable);
    assert.deepEqual(near.system.describe({ path: "/sender" })?.details?.["notes"], ["stopped"]);
    assert.deepEqual([near.remote.counts.questions, near.remote.counts.watches], [0, 0]);
  });

  it("are counted when the mailbox there is full, and a question is told", async () => {
    const { world, near, far, listener } = await pair();
    far.system.steering.steer("suspend", { path: "/listener" });
    for (const text of ["1", "2", "3"]) near.system.tell(listener, { kind: "heard", text });
    await world.advance(50);
    assert.equal(world.dead("mailboxFull"), 1);
    const asked = near.system.ask(listener, { kind: "what" });
    asked.catch(() => {});
    await world.advance(50);
    await assert.rejects(asked, (error: unknown) => isFault(error, "mailboxFull"));
  });

  it("that hold what means nothing there are dead letters, and nothing fails", async () => {
    const { world, near, far } = await pair();
    const { protocol } = script();
    far.spawn("script");
    const reached = near.remote.reference(far.incarnation, "/script", protocol);
    assert.equal(
      near.system.tell(
        reached,
        work(() => {}),
      ),
      "gone",
    );
    await world.advance(50);
    assert.equal(near.system.deadLetters.counts.get("cannotTravel"), 1);
  });

  it("that are so large that they could not come back are not sent", async () => {
    const world = new RegionWorld();
    const [near, far] = await world.start("near", "far");
    const id = await world.idAt(far!);
    const from = "x".repeat(PARCEL_BYTES_MAX - 200);
    assert.equal(near!.system.tell(near!.register(id), { kind: "note", from, seq: 1 }), "gone");
    assert.equal(world.dead("cannotTravel"), 1);
  });

  it("of an unknown protocol, kind or shape are refused and counted", async () => {
    const { world, near, far } = await pair();
    const said = (change: object) => ({
      protocol: "register-listener",
      version: 1,
      message: { kind: "heard", text: "x" },
      ...change,
    });
    const codec = new ParcelCodec();
    const send = (parcel: Parcel): unknown => near.transport.send(far.incarnation, codec.encode(parcel));
    const letter = (change: object): Letter => ({
      kind: "tell",
      to: "/listener",
      hops: 0,
      isHanded: false,
      id: 0,
      said: said(change),
    });
    send({ kind: "letter", letter: letter({ protocol: "other" }) });
    send({ kind: "letter", letter: letter({ version: 2 }) });
    send({ kind: "letter", letter: letter({ message: { kind: "unheardOf" } }) });
    send({ kind: "letter", letter: letter({ message: { kind: "heard", text: 5 } }) });
    send({ kind: "letter", letter: letter({ message: "no message" }) });
    send({ kind: "letter", letter: { ...letter({}), to: "entity:nothing/1" } });
    near.transport.send(far.incarnation, new Uint8Array([1, 2, 3]));
    near.transport.send(far.incarnation, new Uint8Array([]));
    await world.advance(50);
    assert.deepEqual(Object.fromEntries(far.remote.refused), {
      unknownProtocol: 1,
      newerVersion: 1,
      unknownKind: 1,
      invalidField: 2,
      unknownEntity: 1,
      notAParcel: 2,
    });
    assert.equal(far.system.deadLetters.counts.get("notUnderstood"), 8);
    assert.ok(far.log.lines.some(({ event }) => event === "remote.notUnderstood"));
  });

  it("carry references that stay usable on the other side", async () => {
    const { world, near, far } = await pair();
    const listener = near.system.spawn(Listener, "near-listener");
    const id = await world.idAt(far);
    near.system.tell(near.register(id), { kind: "tellOf", from: "a", seq: 1, to: listener });
    await world.advance(100);
    assert.equal(world.whereIs(id), far);
    assert.deepEqual(near.system.describe({ path: "/near-listener" })?.details?.["texts"], ["a:1"]);
  });

  it("that nobody waits for any more are counted", async () => {
    const { world, near, far, listener } = await pair();
    far.pause();
    const asked = near.system.ask(listener, { kind: "what" }, { deadlineMs: 100 });
    asked.catch(() => {});
    await world.advance(200);
    await assert.rejects(asked, (error: unknown) => isFault(error, "askTimeout"));
    await far.resume();
    await world.advance(500);
    assert.equal(near.remote.counts.questions, 0);
    assert.equal(near.system.deadLetters.counts.get("lateReply"), 1);
  });
});

async function pair() {
  const world = new RegionWorld();
  const [near, far] = await world.start("a", "b");
  assert.ok(near !== undefined && far !== undefined);
  const { address } = far.system.spawn(Listener, "listener");
  return { world, near, far, listener: near.remote.reference(far.incarnation, address, ListenerOfRegister) };
}
