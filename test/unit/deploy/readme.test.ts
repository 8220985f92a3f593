import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { CLOSE_CODES } from "../../../protocols/client-protocol.ts";
import { CLIENT_FRAMES } from "../../../protocols/client-frames.ts";
import { NodeSettings } from "../../../protocols/settings.ts";
import { EXIT_CODES } from "../../../deploy/refusal.ts";
import type { SettingSchema } from "../../../deploy/settings-check.ts";
import { namedSettings } from "../../../deploy/settings-names.ts";

const read = (file: string) => readFileSync(new URL(`../../../../${file}`, import.meta.url), "utf8");
const settings = namedSettings(NodeSettings as unknown as SettingSchema, {});

/** The shell commands of a page: what is in its code blocks of a shell. */
const commandsOf = (text: string) =>
  [...text.matchAll(/```(?:ba)?sh\n([^]*?)```/g)].map(([, command]) => command);

for (const file of ["README.md", "README.zh-CN.md"]) {
  describe(file, () => {
    const text = read(file);

    it("has a row with the default of every setting, and of no other", () => {
      const rows = [...text.matchAll(/^\| `([\w.]+)` \| (.*?) \| .+ \|$/gm)].map(
        ([, name = "", value = ""]) => [name, value] as const,
      );
      const rowOf = new Map(rows.filter(([name]) => settings.some(({ dotted }) => dotted === name)));
      for (const { dotted, schema } of settings) {
        assert.ok(rowOf.has(dotted), `${dotted} has no row`);
        const isPlain = typeof schema.default === "string" || typeof schema.default === "number";
        if (isPlain) assert.equal(rowOf.get(dotted), `\`${String(schema.default)}\``, dotted);
      }
      const table = text.slice(text.indexOf("| `name` |"), text.indexOf("<!-- bench -->"));
      assert.equal(table.match(/^\| `/gm)?.length, settings.length);
    });

    it("names every frame of a client, every close code and every exit code", () => {
      for (const kind of Object.keys(CLIENT_FRAMES)) {
        assert.match(text, new RegExp(`^\\| \`${kind} \\{`, "m"), kind);
      }
      for (const { code } of Object.values(CLOSE_CODES)) assert.ok(text.includes(String(code)), String(code));
      for (const code of Object.values(EXIT_CODES)) {
        assert.match(text, new RegExp(`\\b${code} `), String(code));
      }
    });

    it("has a place for the table of the benchmarks", () => {
      assert.match(text, /<!-- bench -->[^]*<!-- \/bench -->/);
    });
  });
}

describe("the two READMEs", () => {
  it("have the same commands and as many chapters", () => {
    const english = read("README.md");
    const chinese = read("README.zh-CN.md");
    assert.equal(chinese.match(/^## /gm)?.length, english.match(/^## /gm)?.length);
    const spoken = (text: string) =>
      commandsOf(text).map((command) => command?.replace(/"(Kick-off!|开球！)"/, '""'));
    assert.deepEqual(spoken(chinese), spoken(english));
  });
});
