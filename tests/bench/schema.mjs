#!/usr/bin/env node
/**
 * What the schema adds to a lint: the same sources with and without the files that declare the tables, linted in turns by
 * fresh processes (cold) and again in the same process (warm). Prints ratios of processor time; never a time limit.
 *
 *   npm run build && npm run bench:schema -- [--preset strict] [--rounds 3] [directory]
 *
 * Without a directory it makes a repository of 500 migrations, half SQL and half JavaScript, and 400 modules.
 */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const SOURCE = /\.[cm]?[jt]sx?$/u;
const LEFT_OUT = /(?:^|\/)(?:node_modules|\.git|dist|build|\.next)(?:\/|$)/u;
/** The files that only declare tables. Code that declares them beside queries (Drizzle) stays in both. */
const SCHEMA = /\.(?:sql|prisma)$|(?:^|\/)migrations?\//u;

const { values: options, positionals } = parseArgs({
  options: {
    preset: { type: "string", default: "recommended" },
    rounds: { type: "string", default: "3" },
    lint: { type: "boolean", default: false },
  },
  allowPositionals: true,
});

if (options.lint) {
  await lint(path.resolve(positionals[0]));
} else {
  compare(positionals[0]);
}

/** Lints the directory twice in this process and prints the processor milliseconds of each lint, and the reports, as JSON. */
async function lint(directory) {
  const [{ ESLint }, parser, { default: queryGuard }] = await Promise.all([import("eslint"), import("@typescript-eslint/parser"), import("eslint-plugin-query-guard")]);
  const files = listed(directory).filter((file) => SOURCE.test(file) && !file.endsWith(".d.ts") && !SCHEMA.test(file)).map((file) => path.join(directory, file));
  const used = [];
  let reports = 0;
  for (let turn = 0; turn < 2; turn++) {
    const eslint = new ESLint({
      cwd: directory,
      overrideConfigFile: true,
      warnIgnored: false,
      overrideConfig: [
        {
          files: ["**/*.{js,jsx,mjs,cjs,ts,tsx,mts,cts}"],
          languageOptions: { parser, parserOptions: { ecmaFeatures: { jsx: true } } },
          linterOptions: { noInlineConfig: true },
        },
        queryGuard.configs[options.preset],
      ].flat(),
    });
    globalThis.gc?.();
    const before = process.cpuUsage();
    const results = await eslint.lintFiles(files);
    const { user, system } = process.cpuUsage(before);
    used.push((user + system) / 1000);
    reports = results.reduce((sum, result) => sum + result.messages.length, 0);
  }
  console.log(JSON.stringify({ cold: used[0], warm: used[1], reports, files: files.length }));
}

function compare(given) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "query-guard-bench-"));
  try {
    const withSchema = path.join(root, "with");
    const without = path.join(root, "without");
    if (given) copy(path.resolve(given), withSchema);
    else generate(withSchema);
    copy(withSchema, without, SCHEMA);
    const declared = listed(withSchema).filter((file) => SCHEMA.test(file)).length;
    const ratios = { cold: [], warm: [] };
    for (let round = 0; round < Number(options.rounds); round++) {
      const order = round % 2 === 0 ? [without, withSchema] : [withSchema, without];
      const measured = new Map(order.map((directory) => [directory, child(directory)]));
      const [plain, full] = [measured.get(without), measured.get(withSchema)];
      if (round === 0) console.log(`${full.files} files, ${declared} of the schema, preset ${options.preset}, ${plain.reports} reports without the schema and ${full.reports} with it`);
      for (const kind of ["cold", "warm"]) {
        ratios[kind].push(full[kind] / plain[kind]);
        console.log(`round ${round + 1}, ${kind}: ${plain[kind].toFixed(0)} ms without, ${full[kind].toFixed(0)} ms with, ratio ${(full[kind] / plain[kind]).toFixed(3)}`);
      }
    }
    for (const [kind, of] of Object.entries(ratios)) {
      of.sort((a, b) => a - b);
      console.log(`${kind}: ratio ${of[Math.floor(of.length / 2)].toFixed(3)} (median of ${of.length})`);
    }
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}

function child(directory) {
  const answer = execFileSync(process.execPath, ["--expose-gc", fileURLToPath(import.meta.url), "--lint", "--preset", options.preset, directory], { encoding: "utf8", maxBuffer: 1 << 26 });
  return JSON.parse(answer.trim().split("\n").at(-1));
}

/** The files of the directory, by path relative to it. */
function listed(directory) {
  return fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .filter((file) => !LEFT_OUT.test(file))
    .sort();
}

function copy(from, to, except) {
  for (const file of listed(from)) {
    if (except?.test(file)) continue;
    fs.mkdirSync(path.dirname(path.join(to, file)), { recursive: true });
    fs.copyFileSync(path.join(from, file), path.join(to, file));
  }
}

/**
 * 100 tables, five migrations each: made, indexed, altered. 400 modules of about 100 lines, as services have them: one in
 * two sends queries, four each. One query in forty has no index, so that the number of reports shows that the schema was read.
 */
function generate(directory) {
  const write = (file, text) => {
    fs.mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
    fs.writeFileSync(path.join(directory, file), text);
  };
  write("package.json", JSON.stringify({ name: "warehouse", private: true, type: "module", dependencies: { pg: "^8.0.0", knex: "^3.0.0" } }));
  let number = 0;
  const migration = (name, sql, js) => {
    const at = String(20_240_101_000_000 + number * 100);
    if (number++ % 2 === 0) write(`migrations/${at}_${name}.sql`, `${sql};\n`);
    else write(`migrations/${at}_${name}.js`, `exports.up = async (knex) => {\n  ${js};\n};\nexports.down = async () => {};\n`);
  };
  for (let i = 0; i < 100; i++) {
    const t = `stock_${i}`;
    migration(
      `create_${t}`,
      `CREATE TABLE ${t} (id bigserial PRIMARY KEY, tenant_id bigint NOT NULL, sku text NOT NULL, state text NOT NULL, note text, created_at timestamptz NOT NULL DEFAULT now())`,
      `await knex.raw("CREATE TABLE ${t} (id bigserial PRIMARY KEY, tenant_id bigint NOT NULL, sku text NOT NULL, state text NOT NULL, note text, created_at timestamptz NOT NULL DEFAULT now())")`,
    );
    migration(`sku_${t}`, `CREATE INDEX ${t}_sku ON ${t} (tenant_id, sku)`, `await knex.schema.alterTable("${t}", (table) => { table.index(["tenant_id", "sku"], "${t}_sku"); })`);
    migration(`quantity_${t}`, `ALTER TABLE ${t} ADD COLUMN quantity integer NOT NULL DEFAULT 0`, `await knex.schema.alterTable("${t}", (table) => { table.integer("quantity").notNullable().defaultTo(0); })`);
    migration(`state_${t}`, `CREATE INDEX ${t}_open ON ${t} (created_at) WHERE state = 'open'`, `await knex.raw("CREATE INDEX ${t}_open ON ${t} (created_at) WHERE state = 'open'")`);
    migration(`note_${t}`, `ALTER TABLE ${t} DROP COLUMN note`, `await knex.schema.alterTable("${t}", (table) => { table.dropColumn("note"); })`);
  }
  write("src/pool.ts", `import { Pool } from "pg";\nexport const pool = new Pool();\n`);
  for (let m = 0; m < 400; m++) {
    const t = `stock_${m % 100}`;
    const plain = Array.from(
      { length: 6 },
      (_, f) => `
export function total${f}(lines: readonly Line[], rate: number): number {
  let sum = 0;
  for (const line of lines) {
    if (line.quantity <= 0 || line.price < ${f}) continue;
    const gross = line.price * line.quantity * (1 + rate);
    sum += line.discount ? gross - Math.min(line.discount, gross) : gross;
  }
  return Math.round(sum * 100) / 100;
}`,
    ).join("\n");
    const queries =
      m % 2 === 1
        ? ""
        : `
export async function bySku(tenantId: string, sku: string) {
  const { rows } = await pool.query("SELECT id, sku, quantity FROM ${t} WHERE tenant_id = $1 AND sku = $2 LIMIT 100", [tenantId, sku]);
  return rows;
}

export async function open(since: Date) {
  const { rows } = await pool.query("SELECT id, sku FROM ${t} WHERE state = 'open' AND created_at > $1 ORDER BY created_at LIMIT 100", [since]);
  return rows;
}

export async function one(id: string) {
  const { rows } = await pool.query("SELECT s.id, o.sku FROM ${t} s JOIN stock_${(m + 7) % 100} o ON o.tenant_id = s.tenant_id AND o.sku = s.sku WHERE s.id = $1 LIMIT 20", [id]);
  return rows[0];
}

export async function take(tenantId: string, sku: string, quantity: number) {
  await pool.query("UPDATE ${t} SET quantity = quantity - $3 WHERE ${m % 20 === 0 ? "quantity > $1" : "tenant_id = $1"} AND sku = $2", [tenantId, sku, quantity]);
}`;
    write(`src/module-${m}.ts`, `import { pool } from "./pool.js";\n\nexport interface Line {\n  readonly price: number;\n  readonly quantity: number;\n  readonly discount?: number;\n}\n${plain}\n${queries}\n\nexport { pool };\n`);
  }
}
