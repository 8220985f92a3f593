import assert from "node:assert/strict";
import { withRoles } from "./with-roles.ts";

/** The environment in which a node, and each worker of a host, can be brought into trouble by `makeTrouble`. */
export const IN_TROUBLE = withRoles(new URL("./trouble-roles.js", import.meta.url));

/** Has a process do something that processes die or wear out of; answers which process it is. See `trouble-feature.ts`. */
export async function makeTrouble(webUrl: string, act: string, amount = 0): Promise<number> {
  const response = await fetch(`${webUrl}/trouble`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ act, amount }),
  });
  assert.equal(response.status, 200);
  return ((await response.json()) as { pid: number }).pid;
}
