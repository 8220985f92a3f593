import { NOTICE_FIELDS, NOTIFIED_FIELDS } from "../../protocols/gateway.ts";
import type { GatewayProtocol } from "../../protocols/gateway.ts";
import { RefusalFields } from "../../protocols/refusal.ts";
import type { Reference } from "../../protocols/reference.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { Route } from "../../runtime/net/route.ts";

/**
 * Lets an operator say something to everybody who is connected, or to those of one listener.
 * @param find answers the gateway once it serves, which is later than its routes are declared
 */
export function noticeRoute(find: () => Reference<GatewayProtocol> | undefined): Route {
  return route("/v1/notices", {
    onRequest: {
      POST: operation({
        summary: "Sends a notice to every connection of a listener, or of all",
        body: NOTICE_FIELDS,
        answers: { 202: NOTIFIED_FIELDS, 404: RefusalFields, 503: RefusalFields },
        async handle({ body }, context) {
          const gateway = find();
          if (gateway === undefined) {
            return { status: 503, body: { code: "notOpen", text: "no port is open yet" } };
          }
          const reply = await context.ask(gateway, { kind: "notify", ...body });
          if (reply.kind === "notified") return { status: 202, body: { listeners: reply.listeners } };
          return { status: 404, body: { code: reply.kind, field: "/listener", text: reply.text } };
        },
      }),
    },
  });
}
