/** The role of members that only send, such as a service on Redis: they are no nodes, nothing is placed on them, and nobody asks them anything. */
export const CLIENT_ROLE = "client";

/** Whether a member only sends. Pure. */
export function isClient({ roles }: { readonly roles: readonly string[] }): boolean {
  return roles.includes(CLIENT_ROLE);
}
