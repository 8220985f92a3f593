import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { findPages } from "../../../../runtime/pages/page-source.ts";

/** A project with these files. */
function project(files: readonly string[]): string {
  const root = mkdtempSync(join(tmpdir(), "banyan-sources-"));
  for (const file of files) {
    mkdirSync(join(root, file, ".."), { recursive: true });
    writeFileSync(join(root, file), "");
  }
  return root;
}

test("every feature may have pages; `index` is the one at the root, `.operators` those for operators", (context) => {
  const root = project([
    "actors/rooms/page/index.page.tsx",
    "actors/rooms/page/view.tsx",
    "actors/ops/page/console.operators.page.tsx",
    "actors/logs/puller.ts",
  ]);
  context.after(() => rmSync(root, { recursive: true }));
  assert.deepEqual(findPages(root), [
    { name: "index", path: "/", readers: "clients", entry: "actors/rooms/page/index.page.tsx" },
    {
      name: "console",
      path: "/console",
      readers: "operators",
      entry: "actors/ops/page/console.operators.page.tsx",
    },
  ]);
});

test("two pages at one path are refused by name", (context) => {
  const root = project(["actors/rooms/page/index.page.tsx", "actors/ops/page/index.page.tsx"]);
  context.after(() => rmSync(root, { recursive: true }));
  assert.throws(() => findPages(root), /actors\/ops\/page\/index\.page\.tsx and .* the page at \//);
});
