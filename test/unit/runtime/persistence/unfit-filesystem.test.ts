import assert from "node:assert/strict";
import { it } from "node:test";
import { unfitFilesystem } from "../../../../runtime/persistence/unfit-filesystem.ts";

it("a file system of another machine is known by its number, with or without its sign", () => {
  assert.equal(unfitFilesystem(0x69_69), "NFS");
  assert.equal(unfitFilesystem(0xff_53_4d_42), "CIFS");
  assert.equal(unfitFilesystem(-11_317_950), "CIFS");
  // ext4, overlay and tmpfs.
  for (const type of [0xef_53, 0x79_4c_76_30, 0x01_02_19_94, 0]) {
    assert.equal(unfitFilesystem(type), undefined);
  }
});
