import { LogsNodeProtocol } from "../../protocols/logs-node.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import type { OwnLogs } from "./cluster-logs.ts";
import { Consumer } from "./group/consumer.ts";
import { LogSource } from "./log-source.ts";
import type { LogSourceArgs } from "./log-source.ts";
import type { Source } from "./source.ts";

/** What is above all sources of a node. */
export interface LogsArgs extends Omit<LogSourceArgs, "source"> {
  readonly sources: readonly Source[];
  /** What is said of them to other nodes. */
  readonly own: () => OwnLogs;
}

interface LogsState {
  readonly names: readonly string[];
  readonly own: () => OwnLogs;
}

/** Above the sources of logs that this node reads: each fails and is begun anew alone. It tells other nodes how they stand. */
export const Logs = defineActor({
  protocol: LogsNodeProtocol,
  essential: true,
  initialState({ sources, own, ...shared }: LogsArgs, context): LogsState {
    for (const source of sources) {
      const { name, group } = source;
      if (group === undefined) context.spawn(LogSource, name, { ...shared, source });
      else context.spawn(Consumer, name, { source, group, host: shared.host });
    }
    return { names: sources.map(({ name }) => name), own };
  },
  handlers: {
    look({ own }, _message, context) {
      context.reply({ kind: "seen", json: JSON.stringify(own()) });
    },
  },
  describe: ({ names }) => ({ sources: [...names] }),
});
