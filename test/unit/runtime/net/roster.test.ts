import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Channel } from "../../../../runtime/net/channel.ts";
import type { Membership } from "../../../../runtime/net/membership.ts";
import { Roster } from "../../../../runtime/net/roster.ts";
import { Batch } from "../../../../runtime/net/batch.ts";
import { SendPaths } from "../../../support/fake-wire.ts";

describe("a roster", () => {
  it("is the set of those who came and have not left, in whatever order they did", () => {
    const step = fc.oneof(fc.constant("come" as const), fc.nat(20));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const paths = new SendPaths();
        const roster = new Roster(new Channel("chat/a", "dropOldest"), paths.format);
        const present: { member: Membership; name: string; said: () => readonly unknown[] }[] = [];
        steps.forEach((next, index) => {
          if (next === "come") {
            const { outlet, wire } = paths.open();
            const member = roster.add(outlet);
            outlet.remember(member);
            present.push({ member, name: `member ${index}`, said: () => wire.frames });
          } else if (present.length > 0) {
            present.splice(next % present.length, 1)[0]?.member.end();
          }
          assert.equal(roster.size, present.length);
        });
        roster.publish({ kind: "text", frame: undefined, single: Batch.of(Buffer.from("hello\n")) });
        paths.endTurn();
        for (const { name, said } of present) assert.deepEqual(said(), ["hello"], name);
      }),
    );
  });

  it("reaches nobody who left", () => {
    const paths = new SendPaths();
    const roster = new Roster(new Channel("chat/a", "dropOldest"), paths.format);
    const clients = Array.from({ length: 4 }, () => paths.open());
    const members = clients.map(({ outlet }) => {
      const member = roster.add(outlet);
      outlet.remember(member);
      return member;
    });
    members[1]?.end();
    members[3]?.end();
    roster.publish({ kind: "text", frame: undefined, single: Batch.of(Buffer.from("hello\n")) });
    paths.endTurn();
    assert.deepEqual(
      clients.map(({ wire }) => wire.frames.length),
      [1, 0, 1, 0],
    );
  });

  it("moves one member at most when another leaves, however many there are", () => {
    const paths = new SendPaths();
    const roster = new Roster(new Channel("chat/a", "dropOldest"), paths.format);
    const { outlet } = paths.open();
    const members = Array.from({ length: 1_000 }, () => roster.add(outlet));
    const places = members.map(({ index }) => index);
    const [leaving] = members;
    assert.ok(leaving !== undefined);
    roster.remove(leaving);
    const moved = members.filter(({ index }, at) => at > 0 && index !== places[at]);
    assert.deepEqual(
      moved.map(({ index }) => index),
      [0],
    );
    assert.equal(moved[0], members.at(-1));
  });

  it("is empty once it is cleared, on the side of the sockets too", () => {
    const paths = new SendPaths();
    const channel = new Channel("chat/a", "dropOldest");
    const clients = Array.from({ length: 3 }, () => paths.open());
    for (const { outlet } of clients) channel.attach(outlet, undefined);
    channel.close();
    assert.equal(channel.size, 0);
    for (const { outlet } of clients) assert.equal(outlet.membershipIn(channel), undefined);
  });
});
