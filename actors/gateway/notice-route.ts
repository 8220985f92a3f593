import { NOTICE_FIELDS, NOTIFIED_FIELDS } from "../../protocols/gateway.ts";
import type { GatewayProtocol } from "../../protocols/gateway.ts";
import { RefusalFields } from "../../protocols/ops.ts";
import type { Reference } from "../../protocols/reference.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { Route } from "../../runtime/net/route.ts";

/** Lets an operator say something to everybody who is connected, or to those of one listener. */
export function noticeRoute(gateway: Reference<GatewayProtocol>): Route {
  return route("/v1/notices", {
    onRequest: {
      POST: operation({
        summary: "Sends a notice to every connection of a listener, or of all",
        body: NOTICE_FIELDS,
        answers: { 202: NOTIFIED_FIELDS, 404: RefusalFields },
        async handle({ body }, context) {
          const reply = await context.ask(gateway, { kind: "notify", ...body });
          if (reply.kind === "notified") return { status: 202, body: { listeners: reply.listeners } };
          return { status: 404, body: { code: "noSuchListener", field: "/listener", text: reply.text } };
        },
      }),
    },
  });
}
