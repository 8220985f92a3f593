import { RefusalFields } from "../../protocols/refusal.ts";
import { MESSAGE_QUERY_FIELDS, MESSAGE_TAKEN_FIELDS } from "../../protocols/service-messages.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { Guard, Operation, Route } from "../../runtime/net/route.ts";
import { MESSAGES_PATH } from "./message-desk.ts";
import type { MessageDesk } from "./message-desk.ts";
import type { OpenType } from "./open-type.ts";

/** Everything that may keep a message from its entity. */
const REFUSALS = {
  400: RefusalFields,
  401: RefusalFields,
  403: RefusalFields,
  404: RefusalFields,
  409: RefusalFields,
  413: RefusalFields,
  422: RefusalFields,
  429: RefusalFields,
  500: RefusalFields,
  503: RefusalFields,
  504: RefusalFields,
  507: RefusalFields,
} as const;

/** One route for the messages to the entities of a type. */
export function messageRoute(open: OpenType, desk: MessageDesk, guard: Guard): Route {
  return route(`${MESSAGES_PATH}/${open.type.type}/*`, {
    auth: guard,
    onRequest: { POST: messageOperation(open, desk) },
  });
}

/** What happens to a message to an entity of a type, whichever door it comes through. */
export function messageOperation(open: OpenType, desk: MessageDesk): Operation {
  const { type, messages, replies } = open;
  return operation({
    summary: `Sends a message to a ${type.type} as a verified service; the id follows its path. With an Idempotency-Key it has one effect and one answer`,
    messages,
    query: MESSAGE_QUERY_FIELDS,
    ...(replies.length === 0 ? {} : { replies }),
    answers: { ...(replies.length === 0 ? {} : { 200: {} }), 202: MESSAGE_TAKEN_FIELDS, ...REFUSALS },
    handle: (request, context) => desk.take(open, request, context),
  });
}
