/**
 * Plurals as Sequelize makes them: it names tables by the `inflection` package (sequelize 6, utils.js), whose rules are
 * its own. Loaded on first need.
 */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

function inflection(): typeof import("inflection") {
  return require("inflection") as typeof import("inflection");
}

export function pluralize(name: string): string {
  return inflection().pluralize(name);
}

export function singularize(name: string): string {
  return inflection().singularize(name);
}

/** `createdAt` → `created_at` */
export function underscore(name: string): string {
  return inflection().underscore(name);
}

/** `User_id` → `UserId`: only what follows a separator is raised (sequelize 6, utils.js, camelize). */
export function camelize(name: string): string {
  return name.trim().replace(/[-_\s]+(.)?/gu, (_match, letter: string | undefined) => (letter ?? "").toUpperCase());
}
