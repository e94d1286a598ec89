/** What the schemas that a file may see say about the tables a query names. */
import type { ForeignKey, Relation, SchemaModel, Table } from "./model.js";

/** A table as a query names it; the part of `TableRef` that matters here. */
interface Named {
  readonly name: string;
  readonly schema?: string;
  readonly model?: string;
  readonly dynamic?: boolean;
}

/** The part of the settings that speaks of sizes. */
interface Sizes {
  readonly smallTables: readonly string[];
  readonly tableRows: Readonly<Record<string, number>>;
  readonly smallTableRows: number;
}

/** By the model, and by the table's name where the code states that too. */
function tableIn(schema: SchemaModel, { model, name, schema: qualifier }: Named): Table | undefined {
  if (model === undefined) return schema.table(name, qualifier);
  return schema.tableOfModel(model) ?? (name === model ? undefined : schema.table(name, qualifier));
}

export class SchemaView {
  readonly #schemas: () => readonly SchemaModel[];
  readonly #sizes: Sizes;

  /** `schemas` is asked on first need: most queries never want to know. */
  constructor(schemas: () => readonly SchemaModel[], sizes: Sizes) {
    this.#schemas = schemas;
    this.#sizes = sizes;
  }

  /** The table a query names, when the schemas leave no doubt. */
  table(ref: Named): Table | undefined {
    if (ref.dynamic) return undefined;
    const found = this.#schemas().flatMap((schema) => tableIn(schema, ref) ?? []);
    return found.length === 1 ? found[0] : undefined;
  }

  /** The table behind a relation of `from`. */
  related(from: Table, { target }: Relation): Table | undefined {
    const schema = this.#schemas().find(({ tables }) => tables.includes(from));
    return schema?.tableOfModel(target) ?? schema?.table(target);
  }

  /** The foreign keys that refer to a table. */
  referencing(parent: Table): readonly { readonly table: Table; readonly key: ForeignKey }[] {
    const schema = this.#schemas().find(({ tables }) => tables.includes(parent));
    return schema === undefined ? [] : schema.tables.flatMap((table) => table.foreignKeys.flatMap((key) => (schema.table(key.referencedTable) === parent ? [{ table, key }] : [])));
  }

  /** The dialect, when all schemas agree. */
  get dialect(): SchemaModel["dialect"] {
    const dialects = new Set(this.#schemas().map((schema) => schema.dialect));
    const [only] = dialects;
    return dialects.size === 1 ? only : undefined;
  }

  /** Does the library refuse undefined in its arguments, by every schema that declares it? */
  get refusesUndefined(): boolean {
    const schemas = this.#schemas();
    return schemas.length > 0 && schemas.every((schema) => schema.refusesUndefined);
  }

  /** Is the table small by the settings or by its estimated rows? */
  isSmall(ref: Named): boolean {
    const { smallTables, smallTableRows } = this.#sizes;
    const names = this.#namesOf(ref);
    if (smallTables.some((name) => names.has(name.toLowerCase()))) return true;
    const rows = this.rows(ref);
    return rows !== undefined && rows < smallTableRows;
  }

  /** Estimated rows of a table: what the settings say, then what a snapshot says. */
  rows(ref: Named): number | undefined {
    const names = this.#namesOf(ref);
    return Object.entries(this.#sizes.tableRows).find(([name]) => names.has(name.toLowerCase()))?.[1] ?? this.table(ref)?.rows;
  }

  #namesOf(ref: Named): ReadonlySet<string> {
    const table = this.table(ref);
    return new Set([ref.name, ref.model, table?.name, table?.model].flatMap((name) => name?.toLowerCase() ?? []));
  }
}
