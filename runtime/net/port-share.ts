import type { Logger } from "../telemetry/logger.ts";
import type { AccessTap } from "./access-tap.ts";
import type { Admission } from "./admission.ts";
import type { AnswerCounts } from "./answer-counts.ts";
import type { BindSocket } from "./bind.ts";
import type { Dialects } from "./dialect.ts";
import type { GatewayShare } from "./reception.ts";
import type { RouteContext } from "./route.ts";
import type { ConnectionLimits } from "./route-table.ts";

/** What all ports of a node share. */
export interface PortShare extends GatewayShare {
  readonly admission: Admission;
  readonly dialects: Dialects;
  /** Web origins that may connect besides the node's own. */
  readonly origins: readonly string[];
  /** How long the head of a request may take to come, in milliseconds. */
  readonly handshakeMs: number;
  /** The limits of routes that have none of their own. */
  readonly limits: ConnectionLimits;
  readonly log: Logger;
  readonly answers: AnswerCounts;
  /** Where it is told what was answered. */
  readonly access: AccessTap;
  /** Makes the sockets on which ports listen; each port makes its own unless given. */
  readonly bindSocket?: BindSocket | undefined;
  /** What handlers of plain requests may do. */
  readonly requests: RouteContext;
}
