/** What a new actor begins with: a small one that works, to be rewritten message by message. */

export function protocolText({ camel, pascal, aProse }) {
  return `import Type from "typebox";
import { defineProtocol } from "./protocol.ts";

/** What may be said to ${aProse}. */
export const ${pascal}Protocol = defineProtocol({
  name: "${camel}",
  version: 1,
  tell: {
    /** Counts so many more. */
    add: { count: Type.Integer({ minimum: 1 }) },
  },
  ask: {
    /** How many were counted. */
    read: { request: {}, reply: { counted: { count: Type.Integer({ minimum: 0 }) } } },
  },
});
`;
}

export function actorText({ actor, camel, pascal, aProse }) {
  return `import { ${pascal}Protocol } from "../../protocols/${actor}.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import type { Feature } from "../../runtime/feature.ts";

/** How long a turn may go on without progress, in milliseconds. */
const PROGRESS_WITHIN_MS = 10_000;

interface ${pascal}State {
  count: number;
}

/** ${aProse[0].toUpperCase()}${aProse.slice(1)} counts what it is told. */
export const ${pascal} = defineActor({
  protocol: ${pascal}Protocol,
  progressWithinMs: PROGRESS_WITHIN_MS,
  initialState: (): ${pascal}State => ({ count: 0 }),
  describe: ({ count }) => ({ count }),
  handlers: {
    add(state, { count }) {
      state.count += count;
    },
    read({ count }, _message, context) {
      context.reply({ kind: "counted", count });
    },
  },
});

/** Starts one in each node, where other features find it by its protocol. */
export const ${camel}Feature: Feature = {
  name: "${camel}",
  start: ({ system }) => ({
    offers: [{ protocol: ${pascal}Protocol, reference: system.spawn(${pascal}, "${camel}") }],
  }),
};
`;
}

export function testText({ feature, actor, pascal, aProse }) {
  return `import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ${pascal} } from "../../../../actors/${feature}/${actor}.ts";
import { behaviourKit } from "../../../support/behaviour-kit.ts";

describe("${aProse}", () => {
  it("counts what it is told", async () => {
    const kit = behaviourKit(${pascal});
    kit.tell({ kind: "add", count: 2 });
    kit.tell({ kind: "add", count: 3 });
    assert.deepEqual(await kit.ask({ kind: "read" }), { kind: "counted", count: 5 });
  });
});
`;
}
