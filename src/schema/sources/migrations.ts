/** How the tools for migrations lay out their SQL files: which come first, and which part of a file runs forwards. */

/** Names of files that only run backwards: golang-migrate and others (`1_x.down.sql`), Flyway's undo (`U1__x.sql`). */
export function isDownFile(name: string): boolean {
  return /[._-](?:down|rollback|revert|undo)\.sql$/iu.test(name) || /^U\d[\d._]*__/u.test(name);
}

/**
 * The order in which migrations are applied: by number where both names have one (`2_x` before `10_x`, Flyway's `V1.2`),
 * by name otherwise. Flyway's repeatable migrations (`R__x.sql`) come last. With a list of tags (Drizzle's journal), in
 * its order; what the list does not name has not been applied by the tool and comes last.
 */
export function compareMigrations(left: string, right: string, tags?: ReadonlyMap<string, number>): number {
  const byTag = (tags?.get(left) ?? Infinity) - (tags?.get(right) ?? Infinity);
  if (Number.isFinite(byTag) && byTag !== 0) return byTag;
  if (tags !== undefined && tags.has(left) !== tags.has(right)) return tags.has(left) ? -1 : 1;
  const repeatable = Number(left.startsWith("R__")) - Number(right.startsWith("R__"));
  if (repeatable !== 0) return repeatable;
  const [first, second] = [version(left), version(right)];
  for (let at = 0; at < Math.min(first.length, second.length); at += 1) {
    const difference = (first[at] ?? 0n) - (second[at] ?? 0n);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  if (first.length !== second.length && first.length > 0 && second.length > 0) return first.length - second.length;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The numbers in front: `0012_x` → 12, `V1.2__x` → 1, 2, `2024-01-31-x` → one number. Timestamps exceed what a number holds. */
function version(name: string): readonly bigint[] {
  const dated = /^(\d{4})-(\d\d)-(\d\d)/u.exec(name);
  if (dated !== null) return [BigInt(dated.slice(1).join(""))];
  const flyway = /^V(\d[\d._]*?)__/u.exec(name)?.[1];
  // MikroORM names its files `Migration20240131120000.ts`; TypeORM goes by the time behind the name of the class.
  const bare = name.replace(/^migration[_-]?(?=\d)/iu, "");
  const plain = /^[vV]?(\d+)(?:\.(\d+))*(?=[._TZ-]|$)/u.exec(bare)?.[0].replace(/^[vV]/u, "") ?? /\D(\d{13})\.[cm]?[jt]s$/u.exec(bare)?.[1];
  return (flyway ?? plain ?? "")
    .split(/[._]/u)
    .filter((digits) => digits !== "" && digits.length <= 30)
    .map((digits) => BigInt(digits));
}

/** Marks that begin a part that runs forwards, and one that runs backwards. */
const MARKS: readonly { readonly up: RegExp; readonly down: RegExp }[] = [
  // dbmate
  { up: /^--\s*migrate:up\b/iu, down: /^--\s*migrate:down\b/iu },
  // goose, sql-migrate
  { up: /^--\s*\+(?:goose|migrate)\s+up\b/iu, down: /^--\s*\+(?:goose|migrate)\s+down\b/iu },
  // node-pg-migrate
  { up: /^--\s*up migration\b/iu, down: /^--\s*down migration\b/iu },
  // Written by hand
  { up: /^--\s*(?:up|@up|=+\s*up\s*=+)\s*$/iu, down: /^--\s*(?:down|@down|=+\s*down\s*=+|rollback|undo)\s*:?\s*$/iu },
];

/** The text with everything that runs backwards blanked out; lines and offsets stay where they are. */
export function upPart(text: string): string {
  const mark = MARKS.find(({ down }) => text.split("\n").some((line) => down.test(line.trim())));
  if (mark === undefined) return text;
  let down = false;
  return text
    .split("\n")
    .map((line) => {
      if (mark.down.test(line.trim())) down = true;
      else if (mark.up.test(line.trim())) down = false;
      return down ? " ".repeat(line.length) : line;
    })
    .join("\n");
}

/** The tags of Drizzle's journal in order, and its dialect. Undefined when it cannot be read. */
export function readJournal(text: string): { readonly tags: ReadonlyMap<string, number>; readonly dialect: string | undefined } | undefined {
  let journal: unknown;
  try {
    journal = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof journal !== "object" || journal === null) return undefined;
  const entries: unknown = Reflect.get(journal, "entries");
  const dialect: unknown = Reflect.get(journal, "dialect");
  const tags = new Map<string, number>();
  for (const entry of Array.isArray(entries) ? (entries as readonly unknown[]) : []) {
    const tag: unknown = typeof entry === "object" && entry !== null ? Reflect.get(entry, "tag") : undefined;
    if (typeof tag === "string") tags.set(`${tag}.sql`, tags.size);
  }
  return { tags, dialect: typeof dialect === "string" ? dialect : undefined };
}
