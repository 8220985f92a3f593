import { defineProtocol } from "../../protocols/protocol.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import { LogSource } from "./log-source.ts";
import type { LogSourceArgs } from "./log-source.ts";
import type { Source } from "./source.ts";

const LogsProtocol = defineProtocol({ name: "logs", version: 1 });

/** What is above all sources of a node. */
export interface LogsArgs extends Omit<LogSourceArgs, "source"> {
  readonly sources: readonly Source[];
}

/** Above the sources of logs that this node reads: each fails and is begun anew alone. */
export const Logs = defineActor({
  protocol: LogsProtocol,
  essential: true,
  initialState({ sources, ...shared }: LogsArgs, context): readonly string[] {
    for (const source of sources) context.spawn(LogSource, source.name, { ...shared, source });
    return sources.map(({ name }) => name);
  },
  handlers: {},
  describe: (sources) => ({ sources: [...sources] }),
});
