import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FOLLOWED_MS, Followers } from "../../../../actors/rooms/followers.ts";
import { RoomProtocol } from "../../../../protocols/room.ts";
import { Probe } from "../../../support/probe.ts";

const [here, there] = ["/here", "/there"].map((address) => new Probe(RoomProtocol, address));

describe("the followers of live rooms", () => {
  it("are those that have asked lately, each once", () => {
    assert.ok(here && there);
    const followers = new Followers();
    followers.add("final", here, 0);
    followers.add("final", there, 1_000);
    followers.add("other", there, 1_000);
    followers.add("final", here, 2_000);
    assert.deepEqual(followers.of("final", 3_000), [here, there]);
    assert.deepEqual(followers.of("final", 1_000 + FOLLOWED_MS), [here]);
    assert.deepEqual(followers.of("other", 1_000 + FOLLOWED_MS), []);
    assert.deepEqual(followers.of("final", 2_000 + FOLLOWED_MS), []);
  });
});
