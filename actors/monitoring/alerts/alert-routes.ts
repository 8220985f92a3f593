import {
  ALERT_ACT_FIELDS,
  ALERT_HISTORY_FIELDS,
  ALERT_HISTORY_QUERY_FIELDS,
  ALERT_VERDICT_FIELDS,
  ALERTS_FIELDS,
  BANDS_FIELDS,
  BANDS_QUERY_FIELDS,
  DEPLOYED_FIELDS,
} from "../../../protocols/alerts.ts";
import { RefusalFields } from "../../../protocols/refusal.ts";
import { passOverFault } from "../../../runtime/fault.ts";
import { operation, route } from "../../../runtime/net/route.ts";
import type {
  BodyOf,
  OperationRequest,
  Route,
  RouteContext,
  RouteResponse,
} from "../../../runtime/net/route.ts";
import { guarded } from "../ask-stats.ts";
import { answerBands } from "./answer-bands.ts";
import type { AlertSource } from "./judge-blocks.ts";
import { shownAlerts } from "./shown-alert.ts";

const REFUSALS = { 400: RefusalFields, 404: RefusalFields, 503: RefusalFields } as const;

type Act = OperationRequest<BodyOf<typeof ALERT_ACT_FIELDS>>;

/** How the alerts stand, what has become of them, and what operators do about them. */
export function alertRoutes(source: AlertSource): Route[] {
  return [
    route("/v1/alerts", {
      onRequest: {
        GET: operation({
          summary: "How the alerts stand, each as of the latest block that it has judged",
          answers: { 200: ALERTS_FIELDS, 503: RefusalFields },
          handle: (_request, context) => guarded(() => answerAlerts(source, context)),
        }),
      },
    }),
    route("/v1/alerts/history", {
      onRequest: {
        GET: operation({
          summary: "What has become of an alert, block by block, and who has done something about it",
          query: ALERT_HISTORY_QUERY_FIELDS,
          answers: { 200: ALERT_HISTORY_FIELDS, ...REFUSALS },
          handle: ({ query }, context) =>
            guarded(() => answerHistory(source, query.get("rule") ?? "", context)),
        }),
      },
    }),
    route("/v1/alerts/act", {
      onRequest: {
        POST: operation({
          summary: "Acknowledges an alert until it is over, or has nobody told of it for a while",
          body: ALERT_ACT_FIELDS,
          audited: ({ act, rule }) => ({ act: `alert.${act}`, target: rule }),
          answers: { 200: ALERT_VERDICT_FIELDS, 409: RefusalFields, ...REFUSALS },
          handle: (request, context) => guarded(() => answerAct(source, request, context)),
        }),
      },
    }),
    route("/v1/alerts/deployed", {
      onRequest: {
        POST: operation({
          summary: "Says that something new was put into service: baselines are mute for a while",
          audited: () => ({ act: "alert.deployed", target: "alerts" }),
          answers: { 200: DEPLOYED_FIELDS },
          handle: (_request, context) => answerDeployed(source, context),
        }),
      },
    }),
    route("/v1/alerts/bands", {
      onRequest: {
        GET: operation({
          summary: "Between which counts blocks are as expected, by the baselines of a metric",
          query: BANDS_QUERY_FIELDS,
          answers: { 200: BANDS_FIELDS, 400: RefusalFields, 503: RefusalFields },
          handle: ({ query }, context) => guarded(() => answerBands(source, query, context)),
        }),
      },
    }),
  ];
}

async function answerAlerts(
  { settings, alerts }: AlertSource,
  context: RouteContext,
): Promise<RouteResponse> {
  const asked = settings.rules.map(async (rule) => {
    try {
      return { rule, standing: await context.ask(alerts.entity(rule.name), { kind: "look" }) };
    } catch (error) {
      // One that does not answer hides none of the others.
      passOverFault(error);
      return { rule };
    }
  });
  const body = { zone: settings.zone, alerts: shownAlerts(await Promise.all(asked)) };
  return { status: 200, body };
}

async function answerHistory(
  { settings, alerts }: AlertSource,
  rule: string,
  context: RouteContext,
): Promise<RouteResponse> {
  if (!settings.rules.some(({ name }) => name === rule)) return unknownRule(rule, settings);
  const { changes } = await context.ask(alerts.entity(rule), { kind: "history" });
  return { status: 200, body: { rule, changes } };
}

const BECAME = { acknowledge: "acknowledged", silence: "silenced", hear: "heard" } as const;

async function answerAct(
  { settings, alerts }: AlertSource,
  { body: { rule, act, forMs }, principal, address }: Act,
  context: RouteContext,
): Promise<RouteResponse> {
  if (!settings.rules.some(({ name }) => name === rule)) return unknownRule(rule, settings);
  const by = principal?.name ?? address;
  const until = forMs === undefined ? {} : { untilMs: context.wallMs() + forMs };
  const reply = await context.ask(alerts.entity(rule), { kind: "act", act, by, ...until });
  if (reply.kind === "done") return { status: 200, body: { rule, became: BECAME[act] } };
  return { status: 409, body: { code: "unfit", text: reply.text } };
}

function answerDeployed({ settings, alerts }: AlertSource, context: RouteContext): RouteResponse {
  const atMs = context.wallMs();
  for (const { name } of settings.rules) context.tell(alerts.entity(name), { kind: "deployed", atMs });
  return { status: 200, body: { atMs, rules: settings.rules.length } };
}

function unknownRule(rule: string, { rules }: AlertSource["settings"]): RouteResponse {
  const names = rules.map(({ name }) => name).join(", ");
  const text = `there is no rule ${JSON.stringify(rule.slice(0, 40))} in the settings; there are: ${names || "none"}`;
  return { status: 404, body: { code: "unknownRule", field: "/rule", text } };
}
