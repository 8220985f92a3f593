import { ActorActedFields, ActorActFields } from "../../protocols/ops-acts.ts";
import { RefusalFields } from "../../protocols/refusal.ts";
import { readableName } from "../../runtime/actor/actor-name.ts";
import type { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import type { Steered, SteeringTarget } from "../../runtime/kernel/steering.ts";
import { totalsByType } from "../../runtime/kernel/tree-totals.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { BodyOf, Route, RouteResponse } from "../../runtime/net/route.ts";
import { nowhere } from "./nowhere.ts";

/** Reasons that a refusal names. */
const REASONS_NAMED_MAX = 3;

/** Where actors are steered. */
export type ActSource = Pick<ActorSystem, "steering" | "describe" | "root">;
type Act = BodyOf<typeof ActorActFields>;

/** What operators do to actors: one of them, or all of a type. */
export function actRoutes(source: ActSource): Route[] {
  return [
    route("/v1/actors/act", {
      onRequest: {
        POST: operation({
          summary: "Suspends, resumes, restarts, stops or drains an actor, or all actors of a type",
          body: ActorActFields,
          answers: { 200: ActorActedFields, 400: RefusalFields, 404: RefusalFields, 409: RefusalFields },
          audited: ({ act, path, type }) => ({ act, target: targetText(path, type) }),
          handle: ({ body }) => answerAct(source, body),
        }),
      },
    }),
  ];
}

function answerAct(source: ActSource, { act, path, type }: Act): RouteResponse {
  const target = targetOf(path, type);
  if (target === undefined) return refused(400, "invalidField", "/path", "give either a path or a type");
  const steered = source.steering.steer(act, target);
  if (steered.matched === 0) {
    return "path" in target ? nowhere(source, target.path, "/path") : noSuchType(source, target.type);
  }
  const { matched, done, refused: left } = steered;
  if (done === 0) return refused(409, "actRefused", "path" in target ? "/path" : "/type", reasonsOf(steered));
  return { status: 200, body: { act, matched, done, refused: left } };
}

function targetOf(path: string | undefined, type: string | undefined): SteeringTarget | undefined {
  if (path !== undefined) return type === undefined ? { path } : undefined;
  return type === undefined ? undefined : { type };
}

/** Whom the audit names; also an act without a target is written down. */
function targetText(path: string | undefined, type: string | undefined): string {
  return path ?? (type === undefined ? "(no target)" : `type ${type}`);
}

function noSuchType({ root }: ActSource, type: string): RouteResponse {
  const known = [...totalsByType(root).keys()].join(", ");
  return refused(404, "noSuchActor", "/type", `no actor has the type ${type}; there are ${known}`);
}

function reasonsOf({ refused: left, matched }: Steered): string {
  const named = left
    .slice(0, REASONS_NAMED_MAX)
    .map(({ path, reason }) => `${readableName(path)}: ${reason}`);
  const more = matched > named.length ? `; and ${matched - named.length} more` : "";
  return `nothing was done; ${named.join("; ")}${more}`;
}

function refused(status: number, code: string, field: string, text: string): RouteResponse {
  return { status, body: { code, field, text } };
}
