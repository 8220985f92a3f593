import { AlarmActFields, AlarmsFields, AlarmsProtocol, AlarmVerdictFields } from "../../protocols/alarms.ts";
import type { Reference } from "../../protocols/reference.ts";
import { RefusalFields } from "../../protocols/refusal.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { OperationRequest, Route, RouteContext } from "../../runtime/net/route.ts";
import type { AlarmChannelPart } from "./alarm-channels.ts";

/** What is wrong, who has been told, and what operators do about it. */
export function alarmRoutes(
  alarms: Reference<AlarmsProtocol>,
  channels: readonly AlarmChannelPart[],
): Route[] {
  return [
    route("/v1/alarms", {
      onRequest: {
        GET: operation({
          summary: "What is wrong now, what was, and how well the channels reach people",
          answers: { 200: AlarmsFields },
          async handle(_request, context) {
            const { kind: _kind, ...lists } = await context.ask(alarms, { kind: "list" });
            return { status: 200, body: { ...lists, channels: channels.map(stateOf) } };
          },
        }),
      },
    }),
    route("/v1/alarms/act", {
      onRequest: {
        POST: operation({
          summary: "Acknowledges an alarm, so that nobody else is told, or closes it",
          body: AlarmActFields,
          audited: ({ act, key }) => ({ act, target: key }),
          answers: { 200: AlarmVerdictFields, 404: RefusalFields },
          handle: (request, context) => answerAct(alarms, request, context),
        }),
      },
    }),
  ];
}

type ActRequest = OperationRequest<{ readonly key: string; readonly act: "acknowledge" | "close" }>;

async function answerAct(
  alarms: Reference<AlarmsProtocol>,
  { body: { key, act }, principal, address }: ActRequest,
  context: RouteContext,
) {
  const by = principal?.name ?? address;
  const answer = await context.ask(alarms, { kind: "act", key, act, by });
  if (answer.kind === "done") return { status: 200, body: { key, became: answer.became } };
  return {
    status: 404,
    body: { code: "unknownAlarm", field: "/key", text: `no alarm with the key ${key} is active` },
  };
}

function stateOf({ name, kind, outbox, account }: AlarmChannelPart) {
  const { counts, last } = account;
  return { name, kind, waiting: outbox.size, ...counts, ...(last === undefined ? {} : { last }) };
}
