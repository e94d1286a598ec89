#!/usr/bin/env node
/**
 * What the plugin adds to a lint: the same files through the same parser with and without a preset, in one process and in
 * turns, so that the state of the machine is the same for both. Prints the ratio of processor time; never a time limit.
 *
 *   npm run build && npm run bench -- [--preset strict] [--rounds 5] [directory]
 */
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import * as parser from "@typescript-eslint/parser";
import { ESLint } from "eslint";
import queryGuard from "eslint-plugin-query-guard";

const { values: options, positionals } = parseArgs({
  options: { preset: { type: "string", default: "recommended" }, rounds: { type: "string", default: "3" } },
  allowPositionals: true,
});
const directory = path.resolve(positionals[0] ?? "examples/inventory");
const preset = queryGuard.configs[options.preset];
if (!preset) throw new Error(`There is no preset ${options.preset}: take one of ${Object.keys(queryGuard.configs).join(", ")}.`);

const files = fs
  .readdirSync(directory, { recursive: true })
  .filter((file) => /\.[cm]?[jt]sx?$/u.test(file) && !/(?:^|\/)(?:node_modules|dist|build|\.next)\/|\.d\.ts$/u.test(file))
  .map((file) => path.join(directory, file))
  .filter((file) => fs.statSync(file).isFile());
const lines = files.reduce((sum, file) => sum + fs.readFileSync(file, "utf8").split("\n").length, 0);

const base = {
  files: ["**/*.{js,jsx,mjs,cjs,ts,tsx,mts,cts}"],
  languageOptions: { parser, parserOptions: { ecmaFeatures: { jsx: true } } },
  linterOptions: { noInlineConfig: true },
};

/** Processor milliseconds of one lint. */
async function cost(config) {
  const eslint = new ESLint({ cwd: directory, overrideConfigFile: true, overrideConfig: config, errorOnUnmatchedPattern: false, warnIgnored: false });
  globalThis.gc?.();
  const before = process.cpuUsage();
  await eslint.lintFiles(files);
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000;
}

const without = [base];
const withPreset = [base, { ...preset, ignores: [] }];
console.log(`${files.length} files, ${lines} lines, preset ${options.preset}`);
// The first lint warms the parser up and pays for what is loaded once.
console.log(`cold, with the preset: ${(await cost(withPreset)).toFixed(0)} ms`);
const ratios = [];
for (let round = 0; round < Number(options.rounds); round++) {
  const pair = round % 2 === 0 ? [await cost(without), await cost(withPreset)] : [await cost(withPreset), await cost(without)].reverse();
  ratios.push(pair[1] / pair[0]);
  console.log(`round ${round + 1}: ${pair[0].toFixed(0)} ms without, ${pair[1].toFixed(0)} ms with, ratio ${(pair[1] / pair[0]).toFixed(3)}`);
}
ratios.sort((a, b) => a - b);
console.log(`ratio ${ratios[Math.floor(ratios.length / 2)].toFixed(3)} (median of ${ratios.length})`);
