/** A host as it stands in a URL: an IPv6 address in brackets, and "everywhere" as this machine. */
export function urlHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}
