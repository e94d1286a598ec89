/** What Prisma's packages and generated clients export, and what follows from it. */
import { libraryValue, type LibraryModel, type LibraryValue } from "../../syntax/values.js";

export const PRISMA = "prisma";

/**
 * Roles of Prisma values.
 * - `class`: `PrismaClient`, a class to construct or to extend.
 * - `client`: an instance, an extended client, the client of a transaction.
 * - `delegate`: `client.user`; `name` is the model, absent when only the type tells that it is one.
 * - `fields`, `field`: `client.user.fields`, and a column of it.
 * - `namespace`: `Prisma`. `extension`: `Prisma.defineExtension`.
 * - `sql`, `join`, `raw`, `empty`, `skip`: members of the namespace.
 * - `custom-service`: `CustomPrismaService` of nestjs-prisma, whose `client` is the client.
 */
export type Role = "class" | "client" | "delegate" | "fields" | "field" | "namespace" | "extension" | "sql" | "join" | "raw" | "empty" | "skip" | "custom-service";

export function prismaValue(role: Role, more?: Partial<Omit<LibraryValue, "kind" | "library" | "role">>): LibraryValue {
  return libraryValue(PRISMA, role, more);
}

/** Modules that are Prisma's whatever they resolve to: its packages, and folders that only a generator writes. */
const OWNED = /^(?:@prisma\/client(?:\/.*)?|\.prisma\/client(?:\/.*)?|nestjs-prisma|@prisma\/extension-[\w-]+|@prisma\/generated.*)$|(?:^|\/)(?:generated\/(?:prisma(?:[-_]?client)?|client)|__generated__\/prisma|prisma\/generated(?:\/client)?|generated-prisma(?:-client)?|prisma-client)(?:\/(?:client|browser|edge|index|models?|default|enums|internal\/.*))?(?:\.[cm]?[jt]s)?$/u;

/** Types that are a client, by their names in Prisma's own declarations. */
const CLIENT_TYPES = new Set(["PrismaClient", "Prisma.TransactionClient", "TransactionClient", "Prisma.DefaultPrismaClient", "DefaultPrismaClient", "DynamicClientExtensionThis", "PrismaService", "ExtendedPrismaClient"]);
const MEMBER_ROLES: ReadonlyMap<string, Role> = new Map([
  ["sql", "sql"],
  ["join", "join"],
  ["raw", "raw"],
  ["empty", "empty"],
  ["skip", "skip"],
  ["defineExtension", "extension"],
]);
/** Methods of a client that give a client: extensions, and those of the read-replica extension. */
const CLIENT_METHODS = new Set(["$extends", "$replica", "$primary"]);

function exported(specifier: string, name: string): LibraryValue | undefined {
  if (name === "PrismaClient" || name === "PrismaService") return prismaValue("class");
  if (name === "CustomPrismaService") return prismaValue("class", { name });
  if (name === "Prisma") return prismaValue("namespace");
  // `import { sql, join } from "@prisma/client/runtime/library"`
  const member = name.startsWith("Prisma.") ? name.slice("Prisma.".length) : specifier.includes("/runtime") ? name : undefined;
  const role = member === undefined ? undefined : MEMBER_ROLES.get(member === "sqltag" ? "sql" : member);
  return role && prismaValue(role);
}

function typed(name: string): LibraryValue | undefined {
  if (CLIENT_TYPES.has(name)) return prismaValue("client");
  if (name === "CustomPrismaService") return prismaValue("custom-service");
  if (name === "DynamicModelExtensionThis") return prismaValue("delegate");
  const delegate = /^(?:Prisma\.)?([A-Za-z]\w*)Delegate$/u.exec(name)?.[1];
  return delegate === undefined ? undefined : prismaValue("delegate", { name: delegate.charAt(0).toLowerCase() + delegate.slice(1) });
}

function first<Item, Result>(items: readonly Item[], find: (item: Item) => Result | undefined): Result | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

export const prismaModel: LibraryModel = {
  client: "client",
  id: PRISMA,
  owns: (specifier) => OWNED.test(specifier),
  exported,
  typed: (_specifier, name) => typed(name),
  behaving(resultsOf, names) {
    const gives = (method: string): boolean => resultsOf(method).some(({ specifier, name }) => name === "PrismaPromise" && OWNED.test(specifier));
    // A repository that hands on what a delegate gives is no delegate.
    const delegate = first(names, ({ name }) => typed(name));
    if (delegate?.role === "delegate" && gives("findMany")) return delegate;
    return gives("$queryRaw") ? prismaValue("client") : undefined;
  },
  // These names are Prisma's alone. Where the client is generated before the build, its module is often not there.
  unexplained: (specifier, name, asType) => (name === "PrismaClient" || name === "Prisma" || name.startsWith("Prisma.") ? (asType ? typed(name) : exported(specifier, name)) : undefined),
  construct(value) {
    if (value.role !== "class") return undefined;
    return value.name === "CustomPrismaService" ? prismaValue("custom-service") : prismaValue("client");
  },
  member(value, name) {
    switch (value.role) {
      case "client":
        return name.startsWith("$") || name === "then" || name === "constructor" ? undefined : prismaValue("delegate", { name, parent: value, evidence: value.evidence });
      case "delegate":
        return name === "fields" ? prismaValue("fields", { parent: value, evidence: value.evidence }) : undefined;
      case "fields":
        return prismaValue("field", { name, parent: value, evidence: value.evidence });
      case "namespace": {
        const role = MEMBER_ROLES.get(name);
        return role && prismaValue(role, { evidence: value.evidence });
      }
      case "custom-service":
        return name === "client" ? prismaValue("client", { evidence: value.evidence }) : undefined;
      default:
        return undefined;
    }
  },
  method(value, name) {
    if (value.role === "client" && CLIENT_METHODS.has(name)) return prismaValue("client", { evidence: value.evidence });
    if (value.role === "namespace" && name === "getExtensionContext") return prismaValue("delegate", { evidence: value.evidence });
    return undefined;
  },
  callback(value, method, argument, parameter) {
    if (argument !== 0 || parameter !== 0) return undefined;
    const givesClient = (value.role === "client" && (method === "$transaction" || method === "$extends")) || (value.role === "namespace" && method === "defineExtension") || (value.role === "extension" && method === "");
    return givesClient ? prismaValue("client", { evidence: value.evidence }) : undefined;
  },
};
