import type { TaggedMessage } from "../../protocols/protocol.ts";
import { Fault } from "../../runtime/fault.ts";
import type { FeatureHost } from "../../runtime/feature.ts";
import { KeyRate } from "../../runtime/identity/key-rate.ts";
import { allows } from "../../runtime/identity/scopes.ts";
import { faultAnswer } from "../../runtime/net/fault-answer.ts";
import type { OperationRequest, RouteContext, RouteResponse } from "../../runtime/net/route.ts";
import { addressProblem } from "../../runtime/persistence/entity-address.ts";
import type { OpenType } from "./open-type.ts";
import { refused } from "./refused.ts";
import { requestHead } from "./request-head.ts";
import type { RequestHead } from "./request-head.ts";

/** What a key must be allowed to do; the entity stands behind a colon, such as `messages:live-room/*`. */
export const MESSAGES_SCOPE = "messages";
/** Where messages of services come in; type and id of the entity follow. */
export const MESSAGES_PATH = "/v1/messages";

/** Takes the messages of verified services to entities, wherever those are, whichever door they came through. */
export class MessageDesk {
  readonly #entities: Pick<FeatureHost["entities"], "request">;
  readonly #rate = new KeyRate();

  constructor(entities: Pick<FeatureHost["entities"], "request">) {
    this.#entities = entities;
  }

  /** Takes a message that was checked, from a service that was verified. */
  async take(open: OpenType, request: OperationRequest, context: RouteContext): Promise<RouteResponse> {
    const { principal, path } = request;
    const id = path.slice(`${MESSAGES_PATH}/${open.type.type}/`.length);
    const target = `${open.type.type}/${id}`;
    const problem = addressProblem({ type: open.type.type, id });
    if (problem !== undefined) return refused({ status: 400, code: "addressInvalid", text: problem });
    if (!allows(principal?.scopes ?? [], MESSAGES_SCOPE, target)) return refused(mayNot(target));
    const waitMs = this.#rate.take(principal?.name ?? "", context.wallMs());
    if (waitMs > 0) return refused(tooFast(waitMs));
    const head = requestHead(request, principal?.name ?? "");
    if ("status" in head) return refused(head);
    return this.#send({ open, id, message: request.body as TaggedMessage }, head, context);
  }

  async #send(
    { open, id, message }: Sending,
    { request, deadlineMs }: RequestHead,
    context: RouteContext,
  ): Promise<RouteResponse> {
    const { type } = open;
    try {
      if (request !== undefined) {
        const by = { request, deadlineMs };
        const answer = await this.#entities.request({ type: type.type, id }, message, by);
        return { status: open.isQuestion(message.kind) ? 200 : 202, body: answer };
      }
      if (!open.isQuestion(message.kind)) return told(context.tell(type.entity(id), message as never));
      const reply = await context.ask(type.entity(id), message as never, { deadlineMs });
      return { status: 200, body: reply };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return error.code === "askTimeout" ? refused(tooLate(deadlineMs)) : faultAnswer(error);
    }
  }
}

interface Sending {
  readonly open: OpenType;
  readonly id: string;
  readonly message: TaggedMessage;
}

function told(verdict: "accepted" | "busy" | "gone"): RouteResponse {
  if (verdict === "accepted") return { status: 202, body: { kind: "accepted" } };
  return refused(BUSY);
}

const BUSY = {
  status: 503,
  code: "busy",
  text: "the entity, or the way to it, takes nothing more now; nothing was kept",
  retryAfterS: 1,
} as const;

function mayNot(target: string) {
  return { status: 403, code: "missingScope", text: `the key may not send messages to ${target}` };
}

function tooFast(waitMs: number) {
  const text = `this key sends too much; wait ${waitMs} ms`;
  return { status: 429, code: "tooFast", text, retryAfterS: Math.ceil(waitMs / 1_000) };
}

function tooLate(deadlineMs: number) {
  const text = `no answer within ${deadlineMs} ms; it may be carried out all the same: sent again under the same Idempotency-Key it is done once`;
  return { status: 504, code: "askTimeout", text, retryAfterS: 1 };
}
