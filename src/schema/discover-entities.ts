/** Which files declare the entities or models of TypeORM, Sequelize and MikroORM. Texts are matched, nothing is parsed. */
import path from "node:path";
import type { Host } from "../host.js";
import type { Package, Workspace } from "./discover-workspace.js";

export type EntityLibrary = "typeorm" | "sequelize" | "mikroorm";

/** The entities of one library in one package. */
export interface EntityFiles {
  readonly library: EntityLibrary;
  readonly package: Package;
  readonly files: readonly string[];
  /** Files that configure the library. */
  readonly configs: readonly string[];
  /** Files of other packages that declare with the same library. */
  readonly related: readonly string[];
}

interface Traits {
  readonly library: EntityLibrary;
  /** Names of dependencies that tell that a package uses the library. */
  readonly dependency: RegExp;
  readonly declares: (text: string) => boolean;
  readonly configures: (text: string) => boolean;
}

const LIBRARIES: readonly Traits[] = [
  {
    library: "typeorm",
    dependency: /^(?:@[^/]+\/)?typeorm$/u,
    declares: (text) => /@\w*Entity\w*\s*\(/u.test(text) || /\bnew\s+EntitySchema\b/u.test(text),
    configures: (text) => /\bnamingStrategy\b|\bentityPrefix\b/u.test(text) || /\bnew\s+DataSource\s*\(|\bDataSourceOptions\b|\bcreateConnection\s*\(|\bConnectionOptions\b|\bTypeOrmModule(?:Async)?(?:Options)?\b/u.test(text),
  },
  {
    library: "sequelize",
    dependency: /^(?:@sequelize\/core|sequelize|sequelize-typescript)$/u,
    declares: (text) => /sequelize|DataTypes/iu.test(text) && (/\.\s*(?:define|init)\s*(?:<[^()]*>)?\s*\(/u.test(text) || /@Table\b/u.test(text) || /\.\s*(?:hasMany|hasOne|belongsTo|belongsToMany)\s*\(/u.test(text)),
    configures: (text) => /\bnew\s+[Ss]equelize\w*\s*\(|\bnew\s+\w+\.Sequelize\s*\(|\bSequelizeModule\b|\bSequelizeOptions\b/u.test(text),
  },
  {
    library: "mikroorm",
    dependency: /^@mikro-orm\/(?:core|postgresql|mysql|mariadb|sqlite|better-sqlite|libsql|mssql|knex|sql|decorators)$/u,
    declares: (text) => /@\w*Entity\w*\s*\(/u.test(text) || /\bnew\s+EntitySchema\b/u.test(text) || /\bdefineEntity\s*\(/u.test(text),
    configures: (text) => /@mikro-orm\//u.test(text) && /\bnamingStrategy\b|\bMikroORM\b|\bMikroOrmModule\b|\bdefineConfig\b/u.test(text),
  },
];

const MAX_FILES = 20_000;

/** Folders of code that is run in tests only. */
const TESTS = /(?:^|[\\/])(?:tests?|e2e(?:-\w+)?|specs?|examples?|mocks?|__\w+__|benchmarks?)(?:[\\/]|$)/iu;

export function entityFiles(workspace: Workspace, host: Host): readonly EntityFiles[] {
  const groups = new Map<string, { readonly traits: Traits; readonly package: Package; readonly files: string[]; readonly configs: string[] }>();
  const users = LIBRARIES.map((traits) => {
    const direct = workspace.packages.filter((candidate) => [...candidate.dependencies].some((name) => traits.dependency.test(name)));
    // A monorepo may state its dependencies once, at the root.
    return { traits, packages: new Set(workspace.packages.filter((candidate) => direct.some((owner) => owner === candidate || candidate.directory.startsWith(owner.directory + path.sep)))) };
  }).filter(({ packages }) => packages.size > 0);
  if (users.length === 0) return [];
  let read = 0;
  for (const directory of workspace.directories) {
    const owner = workspace.packageOf(directory.path);
    const own = users.filter(({ packages }) => packages.has(owner));
    if (own.length === 0 || TESTS.test(path.relative(owner.directory, directory.path))) continue;
    for (const name of directory.files) {
      if (!/\.[cm]?[jt]s$/u.test(name) || read >= MAX_FILES) continue;
      const file = path.join(directory.path, name);
      read += 1;
      const text = host.readText(file);
      if (text === undefined) continue;
      for (const { traits } of own) {
        const declares = traits.declares(text);
        const configures = traits.configures(text);
        if (!declares && !configures) continue;
        const key = `${traits.library}\0${owner.directory}`;
        const group = groups.get(key) ?? { traits, package: owner, files: [], configs: [] };
        groups.set(key, group);
        if (declares) group.files.push(file);
        if (configures) group.configs.push(file);
      }
    }
  }
  const all = [...groups.values()];
  return all
    .filter((group) => group.files.length > 0)
    .map((group) => {
      // The package that configures the library need not be the one that declares.
      const same = all.filter((other) => other.traits === group.traits);
      const configs = group.configs.length > 0 ? group.configs : same.flatMap((other) => other.configs);
      return {
        library: group.traits.library,
        package: group.package,
        files: group.files,
        configs,
        related: same.filter((other) => other !== group).flatMap((other) => other.files),
      };
    });
}
