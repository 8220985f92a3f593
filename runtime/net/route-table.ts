import type { FrameRefusal } from "../../protocols/connection.ts";
import { compileFields } from "../codec/validator.ts";
import type { Validate } from "../codec/validator.ts";
import type { Action, Route, RouteLimits } from "./route.ts";

/** What a connection may take, with nothing left open. */
export type ConnectionLimits = Required<RouteLimits>;

/** An action that was found, or why there is none. */
export type FoundAction =
  | { readonly kind: "found"; readonly action: Action; readonly body: unknown }
  | { readonly kind: "refused"; readonly refusal: Omit<FrameRefusal, "id"> };

/** What a client calls an action by. */
export interface ActionCall {
  readonly route: string;
  readonly action: string;
  readonly body?: unknown;
}

/** The routes of one listener: finds what a path or a call means, and names what there is when it means nothing. Pure. */
export class RouteTable {
  readonly routes: readonly Route[];
  readonly #byPath: ReadonlyMap<string, Route>;
  readonly #limits: ReadonlyMap<Route, ConnectionLimits>;
  readonly #checks = new Map<Action, Validate<unknown>>();

  /**
   * @param defaults the limits of routes that have none of their own
   * @throws RangeError when two routes have one path
   */
  constructor(routes: readonly Route[], defaults: ConnectionLimits) {
    this.routes = routes;
    this.#byPath = new Map(routes.map((route) => [route.path, route]));
    const repeated = routes.find((route) => this.#byPath.get(route.path) !== route);
    if (repeated !== undefined) throw new RangeError(`route ${repeated.path} is declared twice`);
    this.#limits = new Map(routes.map((route) => [route, { ...defaults, ...route.limits }]));
    for (const action of routes.flatMap((route) => Object.values(route.actions ?? {}))) {
      this.#checks.set(action, compileFields(action.body));
    }
  }

  find(path: string): Route | undefined {
    return this.#byPath.get(path);
  }

  /** What a connection of this route may take. */
  limitsOf(route: Route): ConnectionLimits {
    const limits = this.#limits.get(route);
    if (limits === undefined) throw new RangeError(`route ${route.path} is not of this table`);
    return limits;
  }

  /** The paths on which a WebSocket may be opened, for whoever asked for another. */
  get connectable(): readonly string[] {
    return this.routes.filter((route) => route.connects).map((route) => route.path);
  }

  /** Finds an action and checks what it is called with. */
  resolve(call: ActionCall): FoundAction {
    const route = this.#byPath.get(call.route);
    if (route === undefined) return unknown("unknownRoute", "/route", [...this.#byPath.keys()]);
    const actions = route.actions ?? {};
    const action = Object.hasOwn(actions, call.action) ? actions[call.action] : undefined;
    if (action === undefined) return unknown("unknownAction", "/action", Object.keys(actions));
    return this.#check(action, call.body ?? {});
  }

  #check(action: Action, body: unknown): FoundAction {
    const checked = this.#checks.get(action)?.(body);
    if (checked?.ok === true) return { kind: "found", action, body: checked.message };
    const { code = "invalidField", field = "", text = "" } = checked ?? {};
    return { kind: "refused", refusal: { code, field: `/body${field}`, text } };
  }
}

function unknown(code: string, field: string, known: readonly string[]): FoundAction {
  const text =
    known.length === 0 ? "is not known; there is none" : `is not known; known: ${known.join(", ")}`;
  return { kind: "refused", refusal: { code, field, text } };
}
