import type { Member } from "../../protocols/client-frames.ts";
import type { ConnectionProtocol, FrameRefusal, SocketEnd } from "../../protocols/connection.ts";
import type { OutletProtocol } from "../../protocols/outlet.ts";
import type { Fields, MessageOf } from "../../protocols/protocol.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { Context } from "../actor/context.ts";

/** What a route's handler may do to the world: the effects of an actor's turn, without its timers and children. */
export type RouteContext = Pick<Context<ConnectionProtocol>, "tell" | "ask" | "wallMs" | "random" | "log">;

/** One open connection, as the handlers of its route see it. */
export interface RouteConnection {
  readonly id: string;
  /** Who is connected; the name is made up until the client says `hello`. */
  readonly member: Member;
  readonly path: string;
  /** What stood behind the `?`; empty for TCP. */
  readonly query: URLSearchParams;
  /** The name of the listener that took it. */
  readonly listener: string;
  /** Where the client is reached: answers and channel subscriptions go here. */
  readonly outlet: Reference<OutletProtocol>;
  /** The connection's actor: to be watched, or handed to a room. */
  readonly self: Reference<ConnectionProtocol>;
}

/** Whom a guard found behind a request. */
export interface Principal {
  readonly name: string;
  /** What it may do, such as `push` or `push:live/*`. */
  readonly scopes: readonly string[];
}

/** What every request has, also the one that opens a WebSocket. */
export interface RouteRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Where the client sits. */
  readonly address: string;
  readonly listener: string;
  /** The body byte for byte, for signatures; empty when there is none. */
  readonly raw: Buffer;
}

/** A plain HTTP request that passed the guard and the schema. */
export interface OperationRequest<Body = unknown> extends RouteRequest {
  readonly body: Body;
  /** Whom the guard admitted; undefined on a route without a guard. */
  readonly principal: Principal | undefined;
}

/** The answer to a plain HTTP request: an object is sent as JSON, a text or bytes as they are, a stream as it comes. */
export interface RouteResponse {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A guard's verdict. The HTTP status tells "who are you" (401) from "not you" (403) and from "not now" (429, 503). */
export type GuardVerdict =
  | { readonly kind: "admitted"; readonly principal?: Principal; readonly member?: Member }
  | {
      readonly kind: "refused";
      readonly status: 401 | 403 | 429 | 503;
      readonly code: string;
      readonly text: string;
    };

/** Decides who may use a route, before body or frames are looked at. */
export type Guard = (request: RouteRequest, context: RouteContext) => GuardVerdict | Promise<GuardVerdict>;

/** One of several answers, told apart by their `kind`. */
export interface ReplyShape {
  readonly kind: string;
  readonly fields: Fields;
}

/** One HTTP method of a route, with what its OpenAPI entry says. */
export interface Operation<BodyFields extends Fields = Fields> {
  readonly summary: string;
  /** The fields of the JSON body; any body is taken as bytes unless this or `messages` is given. */
  readonly body?: BodyFields;
  /** The messages that the JSON body may be, by their `kind`, in place of `body`. */
  readonly messages?: Readonly<Record<string, Fields>>;
  /** The parameters behind the `?`, for the documentation. */
  readonly query?: Fields;
  /** The answers by status: their fields, or a content type when they are not JSON. */
  readonly answers: Readonly<Record<number, Fields | string>>;
  /** What the answer 200 may be, in place of its fields. */
  readonly replies?: readonly ReplyShape[];
  /** The largest body in bytes; 64 KiB unless given. */
  readonly bodyMaxBytes?: number;
  /** Instead of the route's guard. */
  readonly auth?: Guard;
  /** How the operators' audit calls it; by method and path unless given. */
  readonly audited?: (body: BodyOf<BodyFields>) => { readonly act: string; readonly target: string };
  readonly handle: (
    request: OperationRequest<BodyOf<BodyFields>>,
    context: RouteContext,
  ) => RouteResponse | Promise<RouteResponse>;
}

/** The value that a table of fields describes. */
export type BodyOf<F> = F extends Fields ? Omit<MessageOf<"", F>, "kind"> : never;

/** Declares an operation, so that its handler's body has the type of its fields. */
export function operation<const BodyFields extends Fields = {}>(parts: Operation<BodyFields>): Operation {
  return parts as unknown as Operation;
}

/** What an action answered: a value for `answered`, or why not. */
export type ActionAnswer =
  | { readonly kind: "answered"; readonly body: unknown }
  | ({ readonly kind: "refused" } & Omit<FrameRefusal, "id">);

/** What a client may call on a route by name, over any connection of the same listener. */
export interface Action<BodyFields extends Fields = Fields> {
  readonly summary: string;
  /** The fields of `body`; a call without a body counts as `{}`. */
  readonly body: BodyFields;
  readonly handle: (
    body: BodyOf<BodyFields>,
    caller: RouteConnection,
    context: RouteContext,
  ) => ActionAnswer | Promise<ActionAnswer>;
}

/** Declares an action, so that its handler's body has the type of its fields. */
export function action<const BodyFields extends Fields>(parts: Action<BodyFields>): Action {
  return parts as unknown as Action;
}

/** What one connection of a route may take; what is left out is as in the node's settings. */
export interface RouteLimits {
  /** The largest frame that a client may send, in bytes. */
  readonly frameBytes?: number;
  readonly messagesPerSecond?: number;
  /** How many frames may come at once. */
  readonly burst?: number;
  readonly subscriptions?: number;
}

/** The HTTP methods that a route may answer. */
export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** What a route keeps of its connections and takes along when they move to another process, such as at a reload. */
export interface RouteHandOver {
  /** Gives out what the route keeps of a connection that leaves, as plain data, and forgets it: \`onClose\` will not be called here. */
  readonly dump: (connection: RouteConnection) => unknown;
  /** Takes it back, in the other process, instead of \`onOpen\`. What comes may be of an earlier version of the route. */
  readonly load: (connection: RouteConnection, data: unknown, context: RouteContext) => void;
}

/** Everything a route says of itself apart from its path. */
export interface RouteParts {
  /** What connections speak: the client protocol (`v1`, the default) or plain text. */
  readonly protocol?: "v1" | "text";
  /** Whether a WebSocket or TCP connection may be opened here; true unless only `onRequest` is given. */
  readonly connects?: boolean;
  /** The kinds of room that a `v1` connection of this route may name, such as `live`. None unless given. */
  readonly rooms?: readonly string[];
  /** A connection has joined. */
  readonly onOpen?: (connection: RouteConnection, context: RouteContext) => void;
  /** A text has come; `v1` frames go to rooms and actions instead. */
  readonly onMessage?: (connection: RouteConnection, text: string, context: RouteContext) => void;
  /** A plain HTTP request has come: never a reason for `onOpen` or `onClose`. */
  readonly onRequest?: Partial<Readonly<Record<Method, Operation>>>;
  /** The connection has ended; called exactly once for each `onOpen`, also when the process drains. */
  readonly onClose?: (connection: RouteConnection, end: SocketEnd, context: RouteContext) => void;
  /** For a route that keeps something of each connection. Without it a connection moves, and the route learns nothing of it. */
  readonly handOver?: RouteHandOver;
  /** What clients may `call`, by name. */
  readonly actions?: Readonly<Record<string, Action>>;
  readonly limits?: RouteLimits;
  /** Decides who may connect or request; everybody unless given. */
  readonly auth?: Guard;
}

/** A path of the gateway with everything that may happen on it, as data. */
export interface Route extends RouteParts {
  readonly path: string;
  readonly protocol: "v1" | "text";
  readonly connects: boolean;
}

/**
 * Declares a route. A path may end in `/*`, which then matches whatever follows, for requests only.
 * @throws RangeError when the path does not start with `/`
 */
export function route(path: string, parts: RouteParts): Route {
  if (!path.startsWith("/")) throw new RangeError(`route ${path}: a path starts with /`);
  const onlyRequests =
    parts.onRequest !== undefined &&
    parts.onOpen === undefined &&
    parts.onMessage === undefined &&
    parts.rooms === undefined;
  return { ...parts, path, protocol: parts.protocol ?? "v1", connects: parts.connects ?? !onlyRequests };
}
