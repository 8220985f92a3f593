import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { describe, it } from "node:test";
import { Admission } from "../../../../runtime/net/admission.ts";
import type { PortShare } from "../../../../runtime/net/port-share.ts";
import { enter } from "../../../../runtime/net/turnstile.ts";

/** A node that takes so many sockets, and what it wrote into its log. */
function turnstile(connections: number, connectionsPerAddress: number) {
  const admission = new Admission({ connections, connectionsPerAddress });
  const warnings: unknown[] = [];
  const log = { warn: (event: string, fields: object) => void warnings.push({ event, ...fields }) };
  const share = { admission, log } as unknown as PortShare;
  const come = (remoteAddress?: string) => {
    const socket = Object.assign(new EventEmitter(), { remoteAddress }) as unknown as Socket;
    return { socket, refusal: enter(socket, "public", share) };
  };
  return { admission, warnings, come };
}

describe("the turnstile", () => {
  it("holds a place for a socket until it closes", () => {
    const { admission, come } = turnstile(1, 1);
    const { socket, refusal } = come("10.0.0.1");
    assert.deepEqual([refusal, admission.count], [undefined, 1]);
    assert.equal(come("10.0.0.2").refusal, "tooManyConnections");
    socket.emit("close");
    assert.equal(admission.count, 0);
    assert.equal(come("10.0.0.2").refusal, undefined);
  });

  it("frees a place once, however often a socket says that it closed", () => {
    const { admission, come } = turnstile(10, 10);
    const { socket } = come("10.0.0.1");
    come("10.0.0.1");
    socket.emit("close");
    socket.emit("close");
    assert.equal(admission.count, 1);
  });

  it("frees no place when a socket closes that it turned away", () => {
    const { admission, come } = turnstile(10, 1);
    come("10.0.0.1");
    const turnedAway = come("10.0.0.1");
    assert.equal(turnedAway.refusal, "tooManyFromAddress");
    turnedAway.socket.emit("close");
    assert.equal(admission.count, 1);
    assert.equal(turnedAway.socket.listenerCount("close"), 0);
  });

  it("takes an IPv4 address and its IPv6 form for one", () => {
    const { come } = turnstile(10, 1);
    come("::ffff:10.0.0.1");
    assert.equal(come("10.0.0.1").refusal, "tooManyFromAddress");
    assert.equal(come("::1").refusal, undefined);
  });

  it("leaves a place as it was taken when the socket has no address any more", () => {
    const { admission, come } = turnstile(10, 10);
    const { socket } = come("10.0.0.1");
    Object.assign(socket, { remoteAddress: undefined });
    socket.emit("close");
    assert.equal(admission.count, 0);
    const vanished = come(undefined);
    vanished.socket.emit("close");
    assert.equal(admission.count, 0);
  });

  it("tells the operator whom it turned away, and why", () => {
    const { warnings, come } = turnstile(1, 1);
    come("10.0.0.1");
    come("::ffff:10.0.0.2");
    const [warning] = warnings;
    assert.equal(warnings.length, 1);
    assert.deepEqual(warning, {
      event: "connection.refused",
      listener: "public",
      address: "10.0.0.2",
      reason: "tooManyConnections",
    });
  });
});
