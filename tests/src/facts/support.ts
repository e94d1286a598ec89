/** The facts of a file, through the whole analysis without types. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { analyze, type FileAnalysis } from "../../../src/analyze.js";
import type { Repetition } from "../../../src/facts/contract.js";
import { DEFAULT_SETTINGS } from "../../../src/settings.js";
import { lintedFile } from "../syntax/support.js";

/** A driver's pool, and a Prisma client for what batches in one tick. */
export const SETUP = 'import { Pool } from "pg";\nconst pool = new Pool();\n';
export const PRISMA = 'import { PrismaClient } from "@prisma/client";\nconst prisma = new PrismaClient();\n';

export function analysisOf(code: string, file = "/nowhere/src/file.ts", cwd = "/nowhere"): FileAnalysis {
  return analyze(lintedFile(file, code, "typescript-eslint"), { file, cwd, settings: DEFAULT_SETTINGS });
}

/** Each repetition in a few words: `read for…of ids`. */
export function repetitionsOf(code: string, file?: string, cwd?: string): readonly string[] {
  return analysisOf(code, file, cwd).subjects.flatMap(({ facts }) => facts.repetitions().map(shown));
}

function shown({ operation, loopKind, over, concurrent, via, target, depth }: Repetition): string {
  const words = [operation, loopKind, over ?? ""].join(" ").trim();
  return `${words}${concurrent ? " at once" : ""}${via.length > 0 ? ` via ${via.join(" > ")}` : ""}${target ? ` in ${target.file}:${target.line}` : ""}${depth > 1 ? ` ${depth} deep` : ""}`;
}

/** A directory of real files, which the test runner forgets when it ends. */
export function directoryOf(files: Readonly<Record<string, string>>): string {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "query-guard-")));
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
  return root;
}
