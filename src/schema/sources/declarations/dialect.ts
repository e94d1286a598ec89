/** The dialect that the configuration of a library states. */
import { keyName, type Node } from "../../../syntax/ast.js";
import type { SchemaDialect } from "../../names.js";
import { nodesOf } from "./modules.js";
import { textOf, type Values } from "./values.js";

/** Keys that stand beside the dialect in the options of a connection. */
const BESIDE: ReadonlySet<string> = new Set(["entities", "database", "host", "port", "username", "password", "url", "synchronize", "migrations", "storage", "logging", "models", "namingStrategy", "dbName", "extra", "pool", "define", "autoLoadEntities"]);

/**
 * Of all options of connections: the dialect they agree on. `key` is what the library calls it. Where one is computed,
 * or two differ, none is known; where there are no options, it is the `fallback`.
 */
export function configuredDialect(values: Values, key: "type" | "dialect", fallback: SchemaDialect): SchemaDialect {
  const found = new Set<SchemaDialect>();
  let isComputed = false;
  for (const module of values.modules.configs) {
    for (const object of nodesOf(module.source.program, (node): node is Extract<Node, { type: "ObjectExpression" }> => node.type === "ObjectExpression")) {
      const names = new Set(object.properties.flatMap((property) => (property.type === "Property" ? (keyName(property) ?? []) : [])));
      if (![...names].some((name) => BESIDE.has(name))) continue;
      for (const property of object.properties) {
        if (property.type !== "Property") continue;
        const name = keyName(property);
        if (name !== key && name !== "url" && name !== "uri") continue;
        const text = textOf(values.of(property.value, module));
        const dialect = text === undefined ? undefined : name === key ? dialectNamed(text) : dialectNamed(/^(\w+):/u.exec(text)?.[1] ?? "");
        if (dialect !== undefined) found.add(dialect);
        else if (name === key) isComputed = true;
      }
    }
    for (const literal of nodesOf(module.source.program, (node): node is Extract<Node, { type: "NewExpression" }> => node.type === "NewExpression" && node.callee.type === "Identifier" && node.callee.name === "Sequelize")) {
      const [first] = literal.arguments;
      const scheme = first === undefined ? undefined : /^(\w+):/u.exec(textOf(values.of(first, module)) ?? "")?.[1];
      const dialect = scheme === undefined ? undefined : dialectNamed(scheme);
      if (dialect !== undefined) found.add(dialect);
    }
  }
  if (found.size === 0 && !isComputed) return fallback;
  return found.size === 1 && !isComputed ? [...found][0] : undefined;
}

/** The dialect by the name that the libraries give it. */
export function dialectNamed(name: string): SchemaDialect {
  switch (name) {
    case "postgres":
    case "postgresql":
    case "aurora-postgres":
      return "postgresql";
    case "mysql":
    case "aurora-mysql":
      return "mysql";
    case "mariadb":
      return "mariadb";
    case "sqlite":
    case "sqlite3":
    case "better-sqlite3":
    case "better-sqlite":
    case "libsql":
    case "sqljs":
    case "expo":
    case "capacitor":
      return "sqlite";
    case "mssql":
      return "sqlserver";
    default:
      return undefined;
  }
}
