import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { defineProtocol } from "../../../../protocols/protocol.ts";
import { defineActor } from "../../../../runtime/actor/define-actor.ts";
import { Fault } from "../../../../runtime/fault.ts";
import { isUndone } from "../../../../runtime/service-client/undone.ts";
import { EntityWorld } from "../../../support/entity-world.ts";

const TillProtocol = defineProtocol({
  name: "till",
  version: 1,
  ask: { pay: { request: {}, reply: { paid: {} } } },
});

describe("a fault of a question to the cluster", () => {
  it("says that nothing was done when nobody took it", () => {
    assert.deepEqual([new Fault("mailboxFull"), new Fault("entityMoving"), new Error("?")].map(isUndone), [
      true,
      true,
      false,
    ]);
  });

  it("does not say so when the actor had it in hand and ended", async () => {
    const { host, virtual } = new EntityWorld();
    let paid = 0;
    const till = defineActor({
      protocol: TillProtocol,
      initialState: () => undefined,
      handlers: {
        pay(_state, _message, context) {
          paid++;
          context.replyLater();
          context.stopSelf();
        },
      },
    });
    const asked = virtual
      .ask(host.offerActor(till, {}).entity("1"), { kind: "pay" })
      .catch((error: unknown) => error);
    await virtual.settle();
    assert.deepEqual([isUndone(await asked), paid], [false, 1]);
  });

  it("does not say so when perhaps only the answer could not come back", () => {
    assert.deepEqual([new Fault("cannotTravel"), new Fault("parcelTooLarge")].map(isUndone), [false, false]);
  });
});
