import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ServerFrame } from "../../../../protocols/client-frames.ts";
import { Channel } from "../../../../runtime/net/channel.ts";
import { Remembered } from "../../../../runtime/net/remembered.ts";
import { CountingFormat, SendPaths } from "../../../support/fake-wire.ts";

const publication = (offset: number) =>
  ({ kind: "publication", room: "chat/a", offset, from: "Ash", data: `word ${offset}`, atMs: 0 }) as const;
const FRAME_BYTES = JSON.stringify(publication(1)).length;
const LEFT: ServerFrame = { kind: "left", room: "chat/a", members: [], count: 0 };

describe("what a channel remembers for those who are on their way", () => {
  it("is encoded once for all who write alike, also when more is said between two arrivals", () => {
    const [remembered, format] = [new Remembered(), new CountingFormat()];
    remembered.add(publication(1));
    assert.equal(remembered.issues(format).length, 1);
    remembered.add(LEFT);
    remembered.add(publication(2));
    const issues = remembered.issues(format);
    assert.deepEqual(
      issues.map(({ frame }) => frame),
      [publication(1), LEFT, publication(2)],
    );
    assert.equal(remembered.issues(format), issues);
    assert.equal(format.encoded, 3);
  });

  it("is given up as a whole when it is too much, up to the latest publication", () => {
    const remembered = new Remembered(2 * FRAME_BYTES);
    remembered.add(publication(1));
    remembered.add(publication(2));
    assert.equal(remembered.skipped, undefined);
    remembered.add(LEFT);
    assert.deepEqual(remembered.skipped, publication(2));
    remembered.add(publication(3));
    remembered.add(LEFT);
    assert.deepEqual(remembered.skipped, publication(3));
    assert.deepEqual(remembered.issues(new CountingFormat()), []);
    assert.equal(remembered.drops, 5);
  });
});

describe("a subscriber from another process", () => {
  /** A channel that remembers, and the frames of a subscriber who comes when `arrive` is called. */
  function remembering() {
    const paths = new SendPaths();
    const channel = new Channel("chat/a", "skipAndRecover");
    channel.remember();
    const arrive = () => {
      const { outlet, wire } = paths.open();
      channel.resume(outlet);
      return { outlet, frames: () => (paths.endTurn(), wire.frames) };
    };
    return { channel, arrive };
  }

  it("gets what was said meanwhile, then what is said next", () => {
    const { channel, arrive } = remembering();
    const first = arrive();
    channel.publish(publication(1));
    const second = arrive();
    channel.publish(publication(2));
    channel.forget();
    channel.publish(publication(3));
    for (const { frames } of [first, second]) assert.deepEqual(frames(), [1, 2, 3].map(publication));
  });

  it("is told what it has missed when that was too much to be remembered", () => {
    const { channel, arrive } = remembering();
    const long = { ...publication(1), data: "x".repeat(5 * 1_024 * 1_024) };
    channel.publish(long);
    const { outlet, frames } = arrive();
    channel.publish(publication(2));
    assert.deepEqual(frames(), [{ kind: "skipped", room: "chat/a", offset: 1 }, publication(2)]);
    assert.deepEqual(outlet.account().drops, { "chat/a": 1 });
  });

  it("only gets what is said next once nobody is on the way", () => {
    const { channel, arrive } = remembering();
    channel.publish(publication(1));
    channel.close();
    const { frames } = arrive();
    channel.publish(publication(2));
    assert.deepEqual(frames(), [publication(2)]);
  });
});
