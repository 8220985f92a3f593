interface FaultRule {
  /** The HTTP status with which a door answers. */
  readonly httpStatus: number;
  /** Whether the same call may succeed a moment later. */
  readonly retryable: boolean;
  readonly text: string;
}

/** The closed table of what the runtime may fail to do. A refusal by a feature is a reply variant, not a fault. */
export const FAULTS = {
  actorDraining: {
    httpStatus: 503,
    retryable: true,
    text: "the actor finishes what it has and takes nothing new",
  },
  actorFailed: { httpStatus: 500, retryable: false, text: "the actor failed while it handled the message" },
  actorGone: { httpStatus: 404, retryable: false, text: "the actor has stopped" },
  actorMoved: { httpStatus: 503, retryable: true, text: "the actor goes on in another process" },
  actorStalled: { httpStatus: 500, retryable: false, text: "the actor made no progress in its time" },
  addressInvalid: { httpStatus: 400, retryable: false, text: "no entity can have this address" },
  answerNotKept: {
    httpStatus: 409,
    retryable: false,
    text: "this request was carried out before; its answer was not kept",
  },
  archiveUnfit: { httpStatus: 400, retryable: false, text: "the file is no whole archive of a journal" },
  askCycle: {
    httpStatus: 500,
    retryable: false,
    text: "the question comes back to an actor that waits for its answer",
  },
  askTimeout: { httpStatus: 504, retryable: true, text: "no answer before the deadline" },
  clusterFull: { httpStatus: 503, retryable: true, text: "as many nodes are in the cluster as may be" },
  clusterUnfit: {
    httpStatus: 500,
    retryable: false,
    text: "the nodes of this cluster and this one have no version in common",
  },
  clusterLeft: { httpStatus: 503, retryable: true, text: "this node is not in the cluster at this moment" },
  cannotTravel: {
    httpStatus: 500,
    retryable: false,
    text: "the message cannot be sent to another node",
  },
  deliveryUnknown: {
    httpStatus: 503,
    retryable: false,
    text: "the delivery was not acknowledged; whether it was taken in is unknown",
  },
  durabilityMissing: {
    httpStatus: 500,
    retryable: false,
    text: "the journal cannot promise the durability that is asked for",
  },
  entitiesFull: {
    httpStatus: 503,
    retryable: true,
    text: "as many entities are in memory as may be, and none of them is idle",
  },
  entityMoving: {
    httpStatus: 503,
    retryable: true,
    text: "the entity is on its way between nodes, or nobody knows where it is",
  },
  entityPassive: {
    httpStatus: 503,
    retryable: true,
    text: "the entity has left memory; the same message activates it again",
  },
  entityUnreadable: {
    httpStatus: 500,
    retryable: false,
    text: "what is stored of the entity cannot be read",
  },
  fenced: { httpStatus: 503, retryable: true, text: "another process owns the entity" },
  journalBusy: { httpStatus: 503, retryable: true, text: "too much waits for the journal" },
  journalClosed: { httpStatus: 503, retryable: true, text: "the journal is closed" },
  journalCorrupt: { httpStatus: 500, retryable: false, text: "what the journal holds is damaged" },
  journalFull: { httpStatus: 507, retryable: true, text: "the journal has no room left" },
  journalUnusable: { httpStatus: 500, retryable: false, text: "this is no journal that can be used" },
  journalUnavailable: { httpStatus: 503, retryable: true, text: "the journal cannot be reached or written" },
  mailboxFull: { httpStatus: 503, retryable: true, text: "the mailbox is full" },
  messageInvalid: {
    httpStatus: 400,
    retryable: false,
    text: "this is no message of the receiver's protocol",
  },
  nameTaken: { httpStatus: 409, retryable: false, text: "a child of that name exists" },
  nodeLost: {
    httpStatus: 503,
    retryable: true,
    text: "the node that was asked is gone; whether it has done what was asked is unknown",
  },
  noReply: { httpStatus: 500, retryable: false, text: "the handler ended without an answer" },
  notStored: {
    httpStatus: 503,
    retryable: true,
    text: "what the entity decided may not have been stored; it loads its state again",
  },
  outboxFull: { httpStatus: 503, retryable: true, text: "too many deliveries wait; nothing was kept" },
  parcelTooLarge: {
    httpStatus: 413,
    retryable: false,
    text: "this is larger than what nodes send each other",
  },
  portTaken: { httpStatus: 500, retryable: true, text: "the port is in use" },
  redisRefused: { httpStatus: 502, retryable: false, text: "Redis has answered with an error" },
  redisUnanswered: {
    httpStatus: 504,
    retryable: false,
    text: "Redis has not answered; whether it has done what was asked is unknown",
  },
  redisUnavailable: { httpStatus: 503, retryable: true, text: "Redis cannot be reached; nothing was sent" },
  redisUnfit: { httpStatus: 500, retryable: false, text: "this Redis cannot be used as it is set up" },
  recordTooLarge: { httpStatus: 413, retryable: false, text: "the record is larger than a journal takes" },
  requestDiffers: {
    httpStatus: 422,
    retryable: false,
    text: "a request of this name was carried out before, and it asked for something else",
  },
  restartBudgetExhausted: { httpStatus: 500, retryable: false, text: "more restarts than the budget allows" },
  staleTurn: { httpStatus: 500, retryable: false, text: "the turn belongs to a life that has ended" },
  stateLost: {
    httpStatus: 503,
    retryable: false,
    text: "nothing is stored of the entity, in a part of the store that has lost what it held",
  },
  stashFull: { httpStatus: 503, retryable: true, text: "the stash is full" },
  systemStopping: { httpStatus: 503, retryable: true, text: "the node is stopping" },
  unhandledKind: { httpStatus: 500, retryable: false, text: "no handler for a message of this kind" },
} as const satisfies Record<string, FaultRule>;

/** The name of a fault, for programs. */
export type FaultCode = keyof typeof FAULTS;

/** The runtime could not do its part: one class, a code from the table, and the details that name thing and limit. */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: FaultCode, details: Readonly<Record<string, unknown>> = {}, options?: ErrorOptions) {
    super(`${code}: ${FAULTS[code].text}${describe(details)}`, options);
    this.name = "Fault";
    this.code = code;
    this.details = details;
  }

  get httpStatus(): number {
    return FAULTS[this.code].httpStatus;
  }

  get retryable(): boolean {
    return FAULTS[this.code].retryable;
  }
}

/** For what is tried again anyway: passes over a fault. What is none is a mistake in the code, and is thrown on. */
export function passOverFault(error: unknown): void {
  if (!(error instanceof Fault)) throw error;
}

/** Makes very many faults of one cause: to write down for each where it was made takes longer than all else, and would say the same of all. */
export function withoutStacks(make: () => void): void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Whether an error is the fault of this code. */
export function isFault(error: unknown, code: FaultCode): error is Fault {
  return error instanceof Fault && error.code === code;
}

function describe(details: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(details).map(([key, value]) => `${key} ${String(value)}`);
  return pairs.length === 0 ? "" : ` (${pairs.join(", ")})`;
}
