import { readableName } from "../../runtime/actor/actor-name.ts";
import type { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import type { TreeNode } from "../../runtime/kernel/tree-node.ts";
import type { RouteResponse } from "../../runtime/net/route.ts";

/** Children that an answer names. */
const NAMED_MAX = 20;

/** The answer to a path that leads nowhere: names the last actor on the way that exists, and what is below it. */
export function nowhere(source: Pick<ActorSystem, "describe">, path: string, field = "path"): RouteResponse {
  const names = path.split("/").filter((name) => name !== "");
  let known: TreeNode | undefined;
  for (let length = names.length - 1; known === undefined && length >= 0; length--) {
    known = source.describe({ path: `/${names.slice(0, length).join("/")}`, depth: 1 });
  }
  const children = known?.children?.slice(0, NAMED_MAX).map(({ name }) => readableName(name)) ?? [];
  const below = children.length === 0 ? "nothing is" : `there are ${children.join(", ")}`;
  const text = `no actor is at ${readableName(path)}; below ${readableName(known?.path ?? "/")} ${below}`;
  return { status: 404, body: { code: "noSuchActor", field, text } };
}
