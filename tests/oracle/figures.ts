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

const rows: string[] = [];
const lists: string[] = [];
const cases_: string[] = [];
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
  rows.push(row(oracle, comparison));
  lists.push(unknowns(oracle, comparison.tally));
  for (const what of comparison.tally.denied) cases_.push(`unusable, though it seeks: ${what}`);
  for (const what of comparison.tally.promised) cases_.push(`usable, though it does not seek: ${what}`);
  const { denied } = comparison.chosen;
  process.stdout.write(`${row(oracle, comparison)}\n${unknowns(oracle, comparison.tally)}\n${cases_.join("\n")}\n${String(denied.length)} denied of the chosen plans\n`);
  if (process.env["QUERY_GUARD_FIGURES"] !== undefined) process.stdout.write(`chosen only:\n${comparison.chosen.promised.filter((what) => !comparison.tally.promised.includes(what)).join("\n")}\n`);
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
  ...lists.map((line) => `- ${line}`),
  ...(cases_.length === 0 ? [] : ["", "Every disagreement:", "", "```", ...cases_, "```"]),
].join("\n");

const page = fs.readFileSync(PAGE, "utf8");
const [head, rest] = page.split(BEGIN);
const tail = rest?.split(END)[1];
if (head === undefined || tail === undefined) throw new Error(`${PAGE} has no place for the figures`);
if (process.env["QUERY_GUARD_DRY"] === undefined) fs.writeFileSync(PAGE, `${head}${BEGIN}\n\n${text}\n\n${END}${tail}`);
