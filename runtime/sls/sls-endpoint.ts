import { isIP } from "node:net";

/** Where the service is reached. */
export interface SlsEndpoint {
  readonly isTls: boolean;
  /** Without the project. */
  readonly host: string;
  readonly port: number;
  /** A literal address has no names below it: it is connected to as it stands, and only `Host` says the project. */
  readonly isLiteral: boolean;
}

/** Reads an endpoint as people write it: `cn-hangzhou.log.aliyuncs.com`, `http://127.0.0.1:4567`. Undefined when it is none. Pure. */
export function parseEndpoint(text: string): SlsEndpoint | undefined {
  const address = text.includes("://") ? text : `https://${text}`;
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (!/^https?:$/.test(url.protocol) || url.hostname === "") return undefined;
  if (url.pathname !== "/" || url.search !== "" || url.username !== "") return undefined;
  const isTls = url.protocol === "https:";
  const host = url.hostname.replaceAll(/^\[|\]$/g, "");
  const port = url.port === "" ? usualPort(isTls) : Number(url.port);
  return { isTls, host, port, isLiteral: isIP(host) > 0 || host === "localhost" };
}

/** The name to connect to for calls of a project. Pure. */
export function hostOf({ host, isLiteral }: SlsEndpoint, project: string | undefined): string {
  return isLiteral || project === undefined ? host : `${project}.${host}`;
}

/** What the header Host says for calls of a project. Pure. */
export function hostHeader({ isTls, host, port }: SlsEndpoint, project: string | undefined): string {
  const name = isIP(host) === 6 ? "localhost" : host;
  const suffix = port === usualPort(isTls) ? "" : `:${port}`;
  return `${project === undefined ? "" : `${project}.`}${name}${suffix}`;
}

function usualPort(isTls: boolean): number {
  return isTls ? 443 : 80;
}
