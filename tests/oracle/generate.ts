/** Random tables, indexes and conditions from a seed; what they are made of, the vocabulary of a dialect says. */
export type OracleDialect = "postgresql" | "sqlite" | "mariadb";

/** How a vocabulary chooses. The order of the calls decides what comes out, so everything goes through the one seed. */
export interface Draw {
  /** From 0 to just below 1. */
  readonly next: () => number;
  readonly pick: <Item>(items: readonly Item[]) => Item;
  /** Several different ones, in their order. */
  readonly some: <Item>(items: readonly Item[], count: number) => readonly Item[];
  /** The next placeholder of the statement: `$1`, `?`. */
  readonly parameter: () => string;
}

/** Indexes, and conditions that have to do with them. */
export interface Topic {
  /** What stands behind `CREATE INDEX … ON t`. */
  readonly indexes: readonly string[];
  /** Conditions without AND, OR and NOT; each call draws one. A maker that stands twice is drawn twice as often. */
  readonly atoms: readonly ((draw: Draw) => string)[];
}

export interface Vocabulary extends Topic {
  readonly dialect: OracleDialect;
  /** The table `t`, and whatever else its indexes need. */
  readonly tables: readonly string[];
  /** Other definitions of `t`, drawn half of the time. */
  readonly otherTables?: readonly string[];
  /** A case is about two of these and what stands in the vocabulary itself. Without any, about the latter alone. */
  readonly topics?: readonly Topic[];
  /** What may stand for `t` behind FROM. */
  readonly sources?: readonly string[];
  readonly placeholder: (position: number) => string;
}

export interface Case {
  /** One statement each, tables first. */
  readonly ddl: readonly string[];
  readonly conditions: readonly string[];
  /** What stands behind FROM, for each condition. */
  readonly sources: readonly string[];
}

/** mulberry32: small, seeded, good enough to choose by. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Choices by one source of numbers. */
export function drawBy(next: () => number, placeholder: (position: number) => string): Draw & { readonly restart: () => void } {
  let parameters = 0;
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(next() * items.length)];
    if (item === undefined) throw new Error("nothing to choose from");
    return item;
  };
  const some = <Item>(items: readonly Item[], wanted: number): readonly Item[] => {
    const chosen = new Set<Item>();
    for (let at = 0; at < wanted; at += 1) chosen.add(pick(items));
    return [...chosen];
  };
  const parameter = (): string => {
    parameters += 1;
    return placeholder(parameters);
  };
  return {
    next,
    pick,
    some,
    parameter,
    restart: () => {
      parameters = 0;
    },
  };
}

/** A case of `count` conditions on a table with one to three indexes. */
export function makeCase(next: () => number, vocabulary: Vocabulary, count: number): Case {
  const draw = drawBy(next, vocabulary.placeholder);
  const { topics = [], sources = ["t"] } = vocabulary;
  const chosen = topics.length === 0 ? [vocabulary] : [vocabulary, ...draw.some(topics, 2)];
  const topic: Topic = { indexes: chosen.flatMap(({ indexes }) => indexes), atoms: chosen.flatMap(({ atoms }) => atoms) };
  const indexes = draw.some(topic.indexes, 1 + Math.floor(next() * 3));
  const { tables, otherTables } = vocabulary;
  const defined = otherTables !== undefined && draw.next() < 0.5 ? [draw.pick(otherTables), ...tables.slice(1)] : tables;
  return {
    ddl: [...defined, ...indexes.map((definition, at) => `CREATE INDEX i${String(at)} ON t ${definition}`)],
    conditions: Array.from({ length: count }, () => {
      draw.restart();
      return condition(draw, topic, 2);
    }),
    sources: Array.from({ length: count }, () => draw.pick(sources)),
  };
}

/** Atoms under AND, OR and NOT. */
function condition(draw: Draw, topic: Topic, depth: number): string {
  const roll = draw.next();
  if (depth === 0 || roll < 0.35) return draw.pick(topic.atoms)(draw);
  const items = Array.from({ length: 2 + Math.floor(draw.next() * 2) }, () => condition(draw, topic, depth - 1));
  if (roll < 0.78) return `(${items.join(" AND ")})`;
  if (roll < 0.95) return `(${items.join(" OR ")})`;
  return `NOT (${items.join(" AND ")})`;
}

/** Joins of `t` with a table `q` (q_id, q_a, q_s), a fifth of all sources. `t` is read second in them, or is the outer table. */
export const JOINED: readonly string[] = [
  ...Array.from({ length: 32 }, () => "t"),
  "q JOIN t ON t.a = q.q_a",
  "q JOIN t ON q.q_s = t.s",
  "q JOIN t ON t.b > q.q_a",
  "q JOIN t ON t.a = q.q_a AND t.b = 5",
  "q LEFT JOIN t ON t.a = q.q_a",
  "q LEFT JOIN t ON t.b = q.q_a AND t.s = 'x'",
  "t LEFT JOIN q ON t.a = q.q_a",
  "t LEFT JOIN q ON t.a = 5 AND q.q_a = t.b",
];
