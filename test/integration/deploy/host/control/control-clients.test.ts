import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { banyan, startNode, workplace } from "../../../../support/node-process.ts";
import type { NodeProcess, Workplace } from "../../../../support/node-process.ts";

const CLIENTS_MAX = 64;
/** Longer than a line may be. */
const MUCH = "x".repeat(100_000);

let place: Workplace;
let node: NodeProcess;
before(async () => {
  place = workplace();
  node = await startNode(place.folder);
});
after(async () => {
  await node.stop();
  place.remove();
});

async function client(): Promise<Socket> {
  const socket = connect(join(node.dataDir, "control.sock")).on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

/** However it is closed: a reset is one way. */
function untilClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.resume().once("close", () => resolve()));
}

const status = () => banyan(place.folder, ["status"]);

describe("a host whose control socket is misused", () => {
  it("outlives clients that leave without reading their answer", async () => {
    for (let times = 0; times < 5; times++) {
      const socket = await client();
      await new Promise((resolve) => socket.write('{"kind":"status"}\n', resolve));
      socket.destroy();
    }
    const { code, stderr } = await status();
    assert.equal(code, 0, stderr);
    assert.equal((await node.get("/readyz")).status, 200);
  });

  it("ends the connection of who says too much", async () => {
    const socket = await client();
    const closed = untilClosed(socket);
    socket.write(MUCH);
    await closed;
    assert.equal((await status()).code, 0);
  });

  it("is not kept from others by clients that say nothing", async () => {
    const silent = await Promise.all(Array.from({ length: CLIENTS_MAX }, () => client()));
    await Promise.all(silent.map(untilClosed));
    assert.equal((await status()).code, 0);
  });
});
