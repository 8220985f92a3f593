import { Argument } from "commander";
import type { Command } from "commander";
import { readableName } from "../../runtime/actor/actor-name.ts";
import { Refusal } from "../refusal.ts";
import { nodeOf, opsCommand, show } from "./ops-command.ts";
import type { OpsOptions } from "./ops-command.ts";

const ACTOR_ACTS = ["suspend", "resume", "restart", "stop", "drain"];
const NODE_ACTS = ["drain", "reload", "restart", "stop"];

const EXAMPLES = `
Acts on actors:
  suspend  its mail waits, nothing is handled; its children go on
  resume   undoes that
  restart  begins a new life on the same mailbox; its children are stopped first
  stop     stops it for good, with its children; not those that the node needs and that would not come back
  drain    takes no new mail, handles what waits, then stops; after 30 s in any case
Acts on the node (--node):
  drain    takes no new connections and sends the clients away; the process stays
  reload   takes new code into service without closing a connection
  restart  starts a new worker process
  stop     stops it in order

Examples:
  banyan act suspend /rooms/chat/lobby
  banyan act resume --type room
  banyan act drain --node

All acts are audited: see banyan audit.`;

interface ActOptions extends OpsOptions {
  readonly type?: string;
  readonly node?: boolean;
}

interface Acted {
  readonly matched: number;
  readonly done: number;
  readonly refused: readonly { readonly path: string; readonly reason: string }[];
}

/** `banyan act`: suspends, resumes, restarts, stops or drains an actor, a type of actors, or the node. */
export function actCommand(): Command {
  return opsCommand("act", "suspend, resume, restart, stop or drain an actor, a type of actors, or the node")
    .description("Has something done to an actor, to all actors of a type, or to the node.")
    .addArgument(
      new Argument("<act>", "what is to be done").choices([...new Set([...ACTOR_ACTS, ...NODE_ACTS])]),
    )
    .argument("[path]", "the actor, such as /rooms")
    .option("--type <type>", "all actors of this type, instead of one")
    .option("--node", "the node as a whole, instead of an actor")
    .addHelpText("after", EXAMPLES)
    .action(async (act: string, path: string | undefined, options: ActOptions) => {
      checkTarget(act, path, options);
      const client = await nodeOf(options);
      if (options.node === true) {
        const answer = (await client.post("/v1/node/act", { act })) as { readonly text: string };
        return show(options, answer, ({ text }) => text);
      }
      const target = path === undefined ? { type: options.type } : { path };
      const acted = (await client.post("/v1/actors/act", { act, ...target })) as Acted;
      return show(options, acted, (answer) => outcomeOf(act, answer));
    });
}

/** @throws Refusal unless exactly one target is given, and one that can be acted on so */
function checkTarget(act: string, path: string | undefined, { type, node }: ActOptions): void {
  const given = [path, type, node].filter((target) => target !== undefined);
  if (given.length !== 1) {
    throw new Refusal("usage", "say who is meant, once: a path, --type TYPE, or --node");
  }
  const known = node === true ? NODE_ACTS : ACTOR_ACTS;
  if (known.includes(act)) return;
  const whom = node === true ? "the node" : "an actor";
  throw new Refusal("usage", `${act} cannot be done to ${whom}; known: ${known.join(", ")}`);
}

function outcomeOf(act: string, { matched, done, refused }: Acted): string {
  const all = matched === 1 ? "1 actor" : `${done} of ${matched} actors`;
  const lines = refused.map(({ path, reason }) => `  not ${readableName(path)}: ${reason}`);
  return [`${act}: ${all}`, ...lines].join("\n");
}
