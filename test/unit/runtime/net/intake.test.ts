import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batch } from "../../../../runtime/net/batch.ts";
import { Dialects } from "../../../../runtime/net/dialect.ts";
import type { Intake } from "../../../../runtime/net/intake.ts";
import { SendPaths } from "../../../support/fake-wire.ts";
import { Inbound } from "../../../support/inbound.ts";

const END = { code: 1000, text: "" };

/** A client whose texts reach an actor. */
function talking(parts: ConstructorParameters<typeof Inbound>[2] = {}) {
  const paths = new SendPaths();
  const { wire, outlet } = paths.open();
  const inbound = new Inbound(paths, outlet, parts);
  const says = (text: string): void => inbound.intake.frame(Buffer.from(text), false);
  return { paths, wire, outlet, inbound, intake: inbound.intake, says };
}

describe("what a client says", () => {
  it("reaches its actor in order, when the read is over, and the answers leave with one write", () => {
    const { paths, wire, outlet, inbound, intake, says } = talking();
    inbound.react = (message) => message.kind === "text" && outlet.sendText(`echo ${message.text}`);
    for (const text of ["one", "two", "three"]) says(text);
    assert.deepEqual(inbound.heard, []);
    intake.readEnded();
    assert.deepEqual(wire.frames, ["echo one", "echo two", "echo three"]);
    assert.equal(wire.written.length, 1);
    assert.equal(paths.turnEnds.length, 0);
  });

  it("is counted", () => {
    const { intake, says } = talking();
    says("12345");
    intake.control(Buffer.from("12"), Batch.of(Buffer.from("pong\n")));
    intake.alive(Buffer.from("1"));
    const { bytesIn, framesIn } = intake.account();
    assert.deepEqual([bytesIn, framesIn], [8, 3]);
  });

  it("too fast is left out, and the client is told of its rate and when to come back", () => {
    const { paths, inbound, intake, says } = talking({ rate: { messagesPerSecond: 10, burst: 2 } });
    for (const text of ["one", "two", "three"]) says(text);
    intake.readEnded();
    const refusal = { code: "tooFast", text: "at most 10 frames a second, 2 at once", retryAfterMs: 100 };
    assert.deepEqual(
      inbound.heard.map(({ kind }) => kind),
      ["text", "text", "tooFast"],
    );
    assert.deepEqual(inbound.heard[2], { kind: "tooFast", refusal });
    paths.clock.advance(100);
    says("four");
    intake.readEnded();
    assert.deepEqual(inbound.heard[3], { kind: "text", text: "four" });
  });

  it("too fast is refused by the id of its frame", () => {
    const { read } = new Dialects().tcp("v1", "line");
    const { inbound, intake, says } = talking({ read, rate: { messagesPerSecond: 1, burst: 1 } });
    says('{"kind":"pong"}');
    says('{"kind":"presence","id":7,"room":"chat/a"}');
    says('{"kind":"presence","id":8,"room":5}');
    intake.readEnded();
    const ids = inbound.heard.map((message) => (message.kind === "tooFast" ? message.refusal.id : undefined));
    assert.deepEqual(ids, [undefined, 7, 8]);
  });

  it("as a flood of pings is answered at its rate, and costs as much as any frame", () => {
    const { paths, wire, inbound, intake } = talking({ rate: { messagesPerSecond: 1, burst: 3 } });
    const pong = Batch.of(Buffer.from("pong\n"));
    for (let index = 0; index < 100; index++) intake.control(Buffer.alloc(1), pong);
    intake.readEnded();
    paths.endTurn();
    assert.deepEqual(wire.frames, ["pong", "pong", "pong"]);
    assert.equal(inbound.heard.filter(({ kind }) => kind === "tooFast").length, 97);
  });

  it("as a flood of pongs is too fast, too", () => {
    const { inbound, intake } = talking({ rate: { messagesPerSecond: 1, burst: 3 } });
    for (let index = 0; index < 5; index++) intake.alive(Buffer.alloc(0));
    intake.readEnded();
    assert.deepEqual(
      inbound.heard.map(({ kind }) => kind),
      ["alive", "alive", "alive", "tooFast", "tooFast"],
    );
  });

  it("as a sign of life is told to its actor, and costs as much as any frame", () => {
    const { inbound, intake } = talking({ rate: { messagesPerSecond: 1, burst: 1 } });
    intake.alive(Buffer.alloc(0));
    intake.alive(Buffer.alloc(0));
    intake.readEnded();
    assert.deepEqual(
      inbound.heard.map(({ kind }) => kind),
      ["alive", "tooFast"],
    );
  });

  it("into a full mailbox is refused by name, and may be said again", () => {
    const { wire, inbound, intake, says } = talking();
    inbound.verdict = "busy";
    says("one");
    intake.readEnded();
    const refused = {
      kind: "refused",
      code: "busy",
      text: "too many frames wait for their answer",
      retryAfterMs: 100,
    };
    assert.deepEqual(wire.frames, [refused]);
    assert.equal(wire.closedFor, undefined);
  });

  it("to an actor that is gone closes the socket", () => {
    const { wire, inbound, says } = talking();
    inbound.verdict = "gone";
    says("one");
    assert.equal(wire.closedFor?.reason, "internalError");
  });

  it("is not heard after the socket was closed", () => {
    const { inbound, intake, outlet, says } = talking();
    outlet.close("malformed");
    says("late");
    intake.control(Buffer.alloc(0), Batch.of(Buffer.from("pong\n")));
    intake.alive(Buffer.alloc(0));
    intake.readEnded();
    assert.deepEqual(inbound.heard, []);
  });
});

describe("the end of a socket", () => {
  it("is told to its actor once", () => {
    const { inbound, intake } = talking();
    intake.ended(END);
    assert.deepEqual(inbound.heard, [{ kind: "closed", end: END }]);
    assert.equal(intake.account().state, "closed");
  });

  it("is told again until the actor's mailbox has room", () => {
    const { paths, inbound, intake } = talking();
    inbound.verdict = "busy";
    intake.ended(END);
    paths.clock.advance(350);
    inbound.verdict = "accepted";
    paths.clock.advance(100);
    intake.readEnded();
    assert.deepEqual(inbound.heard, [{ kind: "closed", end: END }]);
    assert.equal(paths.clock.step(60_000), false, "is told even later");
  });

  it("in the middle of a read does not hold back what others are sent", () => {
    const { paths, inbound, intake, says } = talking();
    const other = paths.open("other");
    inbound.react = (message) => other.outlet.sendText(message.kind);
    // A socket that breaks hands over what it still held, and no read ends after that.
    says("last words");
    intake.ended(END);
    paths.endTurn();
    assert.deepEqual(other.wire.frames, ["text", "closed"]);
    other.outlet.sendText("later");
    paths.endTurn();
    assert.deepEqual(other.wire.frames, ["text", "closed", "later"]);
  });

  it("is told once to whoever keeps the sockets", () => {
    const { paths, outlet } = talking();
    const left: Intake[] = [];
    const { intake } = new Inbound(paths, outlet, { onLeft: (one) => void left.push(one) });
    intake.ended(END);
    assert.deepEqual(left, [intake]);
  });
});

describe("a client that is moved to another process", () => {
  it("has its frames and bytes counted on, and may send as much as it still could", () => {
    const rate = { messagesPerSecond: 10, burst: 3 };
    const there = talking({ rate });
    there.says("1234");
    there.says("56");
    const before = there.intake.leave();
    assert.deepEqual(before, { bytesIn: 6, framesIn: 2, credit: 1_000 });
    const here = talking({ rate, before });
    here.says("7");
    here.says("8");
    here.intake.readEnded();
    assert.deepEqual(
      here.inbound.heard.map(({ kind }) => kind),
      ["text", "tooFast"],
    );
    const { bytesIn, framesIn } = here.intake.account();
    assert.deepEqual([bytesIn, framesIn, here.intake.framesIn], [8, 4, 4]);
  });
});
