import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Log groups as protobufjs makes and reads them, in the names of the official package. */
export interface OracleGroup {
  readonly Logs: readonly {
    readonly Time: number;
    readonly TimeNs?: number | undefined;
    readonly Contents: readonly { readonly Key: string; readonly Value: string }[];
  }[];
  readonly Topic?: string | undefined;
  readonly Source?: string | undefined;
  readonly LogTags: readonly { readonly Key: string; readonly Value: string }[];
}

interface ProtobufType {
  create(plain: object): object;
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
  toObject(message: object, options: object): object;
}

interface Protobufjs {
  loadSync(file: string): { lookupType(name: string): ProtobufType };
}

/** The protobufjs that comes with the official package, with its own description of log groups. */
export function protobufOracle() {
  const own = createRequire(import.meta.url);
  const client = own.resolve("@alicloud/log/lib/client.js");
  const protobufjs = createRequire(client)("protobufjs") as Protobufjs;
  const types = protobufjs.loadSync(join(dirname(client), "sls.proto"));
  const [group, list] = [types.lookupType("sls.LogGroup"), types.lookupType("sls.LogGroupList")];
  return {
    encode: (made: OracleGroup): Uint8Array => group.encode(group.create(made)).finish(),
    encodeList: (made: readonly OracleGroup[]): Uint8Array =>
      list.encode(list.create({ logGroupList: made })).finish(),
    /** As fast as it is decoded at all: fields that are missing are those of the prototype. */
    decodeFast: (bytes: Uint8Array): readonly OracleGroup[] =>
      (list.decode(bytes) as { logGroupList: OracleGroup[] }).logGroupList,
    decodeList: (bytes: Uint8Array): OracleGroup[] =>
      (list.toObject(list.decode(bytes), { arrays: true }) as { logGroupList: OracleGroup[] }).logGroupList,
  };
}
