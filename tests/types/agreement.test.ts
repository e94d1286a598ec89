/** The inventory service with the types of its own project: they change the words of a reason, not what is reported. */
import path from "node:path";
import * as parser from "@typescript-eslint/parser";
import { ESLint, type Linter } from "eslint";
import { expect, it } from "vitest";
import { plugin } from "../../src/plugin.js";
import { ROOT } from "../repo/modules.js";

const home = path.join(ROOT, "examples", "inventory");
/** The Prisma part needs no generated client; the project leaves it out. */
const TYPES: Linter.ParserOptions = { projectService: { allowDefaultProject: ["src/reporting/*.ts"] }, tsconfigRootDir: home };

async function reports(parserOptions: Linter.ParserOptions): Promise<string[]> {
  const overrideConfig: Linter.Config[] = [plugin.configs.all, { files: ["**/*.ts"], languageOptions: { parser, parserOptions } }];
  const results = await new ESLint({ cwd: home, overrideConfigFile: true, overrideConfig }).lintFiles(["src"]);
  return results.flatMap(({ filePath, messages }) => messages.map(({ line, messageId, message }) => `${path.relative(home, filePath)}:${line} ${messageId ?? message}`)).sort();
}

it("reports the same of the inventory service", async () => {
  const untyped = await reports({});
  expect(untyped.length).toBeGreaterThan(0);
  expect(await reports(TYPES)).toEqual(untyped);
}, 120_000);
