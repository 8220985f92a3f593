/** The parts of @alicloud/log 1.2.6 that our client builds on; the package brings no types. */
declare module "@alicloud/log" {
  /** A key of an account, or a temporary one with its token. */
  interface AlicloudCredentials {
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
    readonly securityToken?: string | undefined;
  }

  interface AlicloudConfig {
    readonly endpoint: string;
    readonly region?: string | undefined;
    /** `getCredentials` must be an async function: the package looks at its constructor. */
    readonly credentialsProvider: { getCredentials(): Promise<AlicloudCredentials> };
  }

  class AlicloudLog {
    constructor(config: AlicloudConfig);
    _getCredentials(): Promise<AlicloudCredentials>;
    /** The value of the header Authorization, signature v1. */
    _sign(
      verb: string,
      path: string,
      query: Readonly<Record<string, string>>,
      headers: Readonly<Record<string, string>>,
      credentials: AlicloudCredentials,
    ): string;
  }

  export = AlicloudLog;
}
