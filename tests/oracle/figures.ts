/**
 * The whole comparison with the planners, written into docs/agreement.md. Run it with `npm run oracle`; an argument
 * names the seed, another how many cases of twenty conditions each engine gets.
 */
import fs from "node:fs";
import path from "node:path";
import { compare, CONDITIONS, type Comparison, type Oracle } from "./compare.js";
import { openMariadb } from "./mariadb-engine.js";
import { openPostgresql } from "./postgresql-engine.js";
import { openSqliteOracle } from "./sqlite-engine.js";
import type { Tally } from "./verdict.js";

/** As in tests/servers.ts, which belongs to vitest. */
const MARIADB_URL = process.env["QUERY_GUARD_MARIADB_URL"] ?? "mysql://root@127.0.0.1:3306/";
const PAGE = path.resolve(import.meta.dirname, "../../docs/agreement.md");
const BEGIN = "<!-- figures: written by npm run oracle -->";
const END = "<!-- end of figures -->";

/** Every engine that can be asked here. One that does not answer says so and is left out. */
const ENGINES: readonly { readonly name: string; readonly open: () => Promise<Oracle> }[] = [
  { name: "PostgreSQL", open: openPostgresql },
  { name: "SQLite", open: openSqliteOracle },
  { name: "MariaDB", open: () => openMariadb(MARIADB_URL) },
];

const seed = Number(process.argv[2] ?? 20_261_123);
const cases = Number(process.argv[3] ?? 750);

const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(2)} %`;

function row(oracle: Oracle, { tally, chosen }: Comparison): string {
  return `| ${oracle.name} ${oracle.version} | ${String(tally.pairs)} | ${share(tally.definite, tally.pairs)} | ${share(tally.agree, tally.definite)} | ${String(tally.denied.length)} | ${String(tally.promised.length)} | ${share(chosen.agree, chosen.definite)} |`;
}

function unknowns(oracle: Oracle, { unknown, unread }: Tally): string {
  const reasons = [...unknown].sort(([, one], [, other]) => other - one).map(([reason, times]) => `${reason} ${String(times)}`);
  return `${oracle.name}: ${[...reasons, ...(unread > 0 ? [`not read ${String(unread)}`] : [])].join(", ")}.`;
}

/** The disagreements, each on a line of its own. */
function disagreements({ tally }: Comparison): readonly string[] {
  return [...tally.denied.map((what) => `unusable, but seeks: ${what}`), ...tally.promised.map((what) => `usable, but does not seek: ${what}`)];
}

const rows: string[] = [];
const unknown: string[] = [];
const remaining: string[] = [];
for (const { name, open } of ENGINES) {
  let oracle: Oracle;
  try {
    oracle = await open();
  } catch (error) {
    process.stderr.write(`${name} does not answer and is left out: ${error instanceof Error ? error.message : String(error)}\n`);
    continue;
  }
  const comparison = await compare(oracle, seed, cases);
  await oracle.close();
  const lines = disagreements(comparison);
  rows.push(row(oracle, comparison));
  unknown.push(`- ${unknowns(oracle, comparison.tally)}`);
  if (lines.length > 0) remaining.push("", `${name}:`, "", "```text", ...lines, "```");
  process.stdout.write(`${[row(oracle, comparison), unknowns(oracle, comparison.tally), ...lines].join("\n")}\n`);
  if (process.env["QUERY_GUARD_FIGURES"] !== undefined) {
    const only = comparison.chosen.promised.filter((what) => !comparison.tally.promised.includes(what));
    process.stdout.write(`${[`${String(comparison.chosen.denied.length)} denied by the plans chosen; promised by them only:`, ...only].join("\n")}\n`);
  }
}

const text = [
  `Seed ${String(seed)}, ${String(cases)} cases of ${String(CONDITIONS)} conditions each.`,
  "",
  "| engine | pairs | definite | agree | unusable, but seeks | usable, but does not | agree with the plan chosen |",
  "| --- | --- | --- | --- | --- | --- | --- |",
  ...rows,
  "",
  "What was unknown:",
  "",
  ...unknown,
  ...(remaining.length === 0 ? [] : ["", "Every disagreement:", ...remaining]),
].join("\n");

const page = fs.readFileSync(PAGE, "utf8");
const [head, rest] = page.split(BEGIN);
const tail = rest?.split(END)[1];
if (head === undefined || tail === undefined) throw new Error(`${PAGE} has no place for the figures`);
if (process.env["QUERY_GUARD_DRY"] === undefined) fs.writeFileSync(PAGE, `${head}${BEGIN}\n\n${text}\n\n${END}${tail}`);
