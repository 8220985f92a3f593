/**
 * Whether a page of this origin may open a WebSocket. Browsers always name the origin and let any page connect anywhere;
 * who names none is no browser. Pure.
 * @param host the host that the client asked for, with its port
 * @param allowed origins besides the own one; `*` allows all
 */
export function isOriginAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined) return true;
  if (allowed.includes("*") || allowed.includes(origin)) return true;
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}
