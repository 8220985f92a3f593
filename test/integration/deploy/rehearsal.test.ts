import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { describe, it } from "node:test";
import { rehearse } from "../../../deploy/rehearsal/rehearsal.ts";
import { loadSettings } from "../../../deploy/settings.ts";
import { eventually } from "../../support/eventually.ts";

const PATIENCE_MS = 60_000;

function settings(...flags: readonly (readonly [string, string])[]) {
  return loadSettings({
    folder: tmpdir(),
    environment: {},
    flags: flags.map(([dotted, text]) => ({ dotted, text, flag: "--set" })),
  });
}

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource.startsWith("TCP")).length;
}

describe("a rehearsal", () => {
  it("moves 300 connections, which are heard after it, and leaves none of them open", async () => {
    const before = openSockets();
    assert.equal(await rehearse(settings(), PATIENCE_MS), 300);
    await eventually(openSockets, before);
  });

  it("minds neither the ports nor the limits of the node that it is for", async () => {
    const tight = settings(
      ["limits.connections", "1"],
      ["limits.burst", "1"],
      ["limits.messagesPerSecond", "1"],
    );
    assert.equal(await rehearse(tight, PATIENCE_MS), 300);
  });

  it("is given up when it takes too long, and leaves nothing open then, either", async () => {
    const before = openSockets();
    assert.equal(await rehearse(settings(), 1), 0);
    await eventually(openSockets, before);
  });
});
