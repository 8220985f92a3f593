import { defineProtocol } from "../../../protocols/protocol.ts";
import { defineActor } from "../../../runtime/actor/define-actor.ts";
import type { AccessTap } from "../../../runtime/net/access-tap.ts";
import type { AccessLog } from "./access-log.ts";

const AccessWriterProtocol = defineProtocol({ name: "accessWriter", version: 1 });

/** What the records of a gateway pass through. */
export interface AccessWriterArgs {
  readonly log: AccessLog;
  readonly tap: AccessTap;
}

/** Stands for the records of a gateway in the tree: as long as it lives they are written, and when it stops what waits is written first. */
export const AccessWriter = defineActor({
  protocol: AccessWriterProtocol,
  type: "access-writer",
  essential: true,
  initialState({ log, tap }: AccessWriterArgs): AccessWriterArgs {
    tap.open(log.add);
    return { log, tap };
  },
  handlers: {},
  afterStop({ log, tap }, _context, reason) {
    if (reason === "restarting") return;
    tap.open(undefined);
    log.close();
  },
  describe: ({ log }) => ({ ...log.counts }),
});
