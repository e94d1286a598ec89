/** An empty project with the packed package in it, as somebody has it who has just installed it. */
import { execFile, type ExecFileException } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ROOT } from "../repo/modules.js";

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; a code other than 0 is an answer and no error. */
export function run(program: string, args: readonly string[], cwd: string, environment: Readonly<Record<string, string>> = {}): Promise<Result> {
  const { QUERY_GUARD_THROW: _, ...inherited } = process.env;
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env: { ...inherited, ...environment }, maxBuffer: 1 << 26 }, (error: ExecFileException | null, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === "number" ? error.code : 1, stdout, stderr });
    });
  });
}

async function mustRun(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, cwd);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} failed:\n${stdout}\n${stderr}`);
  return stdout;
}

/** A new folder below the system's own for such. */
export function temporaryFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), "query-guard-package-"));
}

/**
 * Builds the package from the present sources and packs it; answers with the tarball and the paths in it.
 * The build goes to a folder of its own: `dist/` may hold files whose source is gone, and other tests use it meanwhile.
 */
export async function pack(folder: string): Promise<{ readonly tarball: string; readonly paths: readonly string[] }> {
  const stage = path.join(folder, "stage");
  const manifest: { files: string[] } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8"));
  for (const name of ["package.json", ...manifest.files.filter((file) => file !== "dist")]) {
    if (fs.existsSync(path.join(ROOT, name))) fs.cpSync(path.join(ROOT, name), path.join(stage, name), { recursive: true });
  }
  await mustRun(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json", "--outDir", path.join(stage, "dist")], ROOT);
  const output = await mustRun("npm", ["pack", "--json", "--ignore-scripts", "--no-workspaces", "--pack-destination", folder], stage);
  const [packed]: { filename: string; files: { path: string }[] }[] = JSON.parse(output);
  if (packed === undefined) throw new Error("npm pack made no package");
  return { tarball: path.join(folder, packed.filename), paths: packed.files.map((file) => file.path) };
}

/** A project without a line of code, with the tarball, an ESLint and the TypeScript parser installed. */
export async function installed(tarball: string, eslint: string): Promise<string> {
  const folder = temporaryFolder();
  fs.writeFileSync(path.join(folder, "package.json"), '{ "name": "empty", "version": "1.0.0", "private": true }\n');
  const packages = [tarball, `eslint@${eslint}`, "@typescript-eslint/parser@8", "typescript@6"];
  await mustRun("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", "--save-dev", ...packages], folder);
  return folder;
}

/** Puts files into a folder. */
export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
}

/** Runs the project's own ESLint. */
export function eslint(folder: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Result> {
  return run(process.execPath, ["node_modules/eslint/bin/eslint.js", ...args], folder, environment);
}
