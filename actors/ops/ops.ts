import { OpsProtocol } from "../../protocols/ops-node.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import type { RouteContext } from "../../runtime/net/route.ts";
import type { Look } from "./looks.ts";

/** What it is started with. */
export interface OpsArgs {
  readonly look: Look;
}

/** Answers other nodes what the operators' port of this one would answer, so that one page shows all of them. */
export const Ops = defineActor({
  protocol: OpsProtocol,
  essential: true,
  initialState: (args: OpsArgs) => args,
  handlers: {
    async look({ look }, { target }, context) {
      const { status, body } = await look(target, context as unknown as RouteContext);
      context.reply({ kind: "seen", status, json: JSON.stringify(body ?? null) });
    },
  },
});
