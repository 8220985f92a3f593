/**
 * File systems of another machine, by the number that Linux gives them: a memory map and its locks are not the same there for all who use the file.
 * From statfs(2), and `linux/magic.h`.
 */
const REMOTE: ReadonlyMap<number, string> = new Map([
  [0x69_69, "NFS"],
  [0x51_7b, "SMB"],
  [0xff_53_4d_42, "CIFS"],
  [0xfe_53_4d_42, "SMB2"],
  [0x01_02_19_97, "9P"],
  [0x53_46_41_4f, "AFS"],
  [0x6b_41_46_53, "AFS"],
  [0x73_75_72_45, "Coda"],
  [0x00_c3_64_00, "Ceph"],
  [0x0b_d0_0b_d0, "Lustre"],
]);
/** Some systems give the number with its sign. */
const UNSIGNED = 32;

/** The name of a file system on which an embedded store would be damaged or never be written; undefined when it may be used. Pure. */
export function unfitFilesystem(type: number): string | undefined {
  return REMOTE.get(Number(BigInt.asUintN(UNSIGNED, BigInt(type))));
}
