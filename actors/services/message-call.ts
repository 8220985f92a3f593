import { MESSAGE_CALL_FIELDS } from "../../protocols/service-messages.ts";
import { answerRequest } from "../../runtime/net/answer-request.ts";
import type { AnswerRequest } from "../../runtime/net/answer-request.ts";
import { action, route } from "../../runtime/net/route.ts";
import type {
  ActionAnswer,
  BodyOf,
  Guard,
  Route,
  RouteConnection,
  RouteResponse,
} from "../../runtime/net/route.ts";
import { MESSAGES_PATH } from "./message-desk.ts";
import type { MessageDesk } from "./message-desk.ts";
import { messageOperation } from "./message-routes.ts";
import type { OpenType } from "./open-type.ts";

type Call = BodyOf<typeof MESSAGE_CALL_FIELDS>;

/**
 * The same for services that hold a connection: over framed TCP, where that is all there is, or over a WebSocket. Each call stands for one request, and passes the
 * same guard, check and handler.
 */
export function messageCallRoute(types: readonly OpenType[], desk: MessageDesk, guard: Guard): Route {
  const doors = new Map(
    types.map((open) => {
      const self = route(`${MESSAGES_PATH}/${open.type.type}/*`, { auth: guard });
      return [open.type.type, answerRequest(self, messageOperation(open, desk))];
    }),
  );
  return route(MESSAGES_PATH, {
    actions: {
      send: action({
        summary: "Sends a message to an entity as a verified service, as POST /v1/messages/TYPE/ID does",
        body: MESSAGE_CALL_FIELDS,
        handle: (call, caller, context) => {
          const door = doors.get(call.type);
          if (door === undefined) return unknownType(call.type, [...doors.keys()]);
          return through(door, call, caller, context);
        },
      }),
    },
  });
}

async function through(
  door: AnswerRequest,
  { type, id, message, headers, deadlineMs }: Call,
  { path, listener }: RouteConnection,
  context: Parameters<AnswerRequest>[1],
): Promise<ActionAnswer> {
  const request = {
    method: "POST",
    path: `${MESSAGES_PATH}/${type}/${id}`,
    query: new URLSearchParams(deadlineMs === undefined ? "" : `deadlineMs=${deadlineMs}`),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    address: `a connection of ${path}`,
    listener,
    raw: Buffer.from(message),
  };
  return actionAnswer(await door(request, context));
}

function actionAnswer({ status, body, headers }: RouteResponse): ActionAnswer {
  if (status < 400) return { kind: "answered", body };
  const refusal = body as { readonly code: string; readonly field?: string; readonly text: string };
  const retryAfterS = Number(headers?.["retry-after"]);
  return {
    kind: "refused",
    ...refusal,
    ...(retryAfterS > 0 ? { retryAfterMs: retryAfterS * 1_000 } : {}),
  };
}

const NAME_MAX = 60;

function unknownType(type: string, known: readonly string[]): ActionAnswer {
  const text = `"${type.slice(0, NAME_MAX)}" is not open to services; known: ${known.join(", ")}`;
  return { kind: "refused", code: "unknownType", field: "/body/type", text };
}
