/** Knex's own builders. */
import { KNEX_FLAVOUR, type Flavour } from "./builder.js";
import { BUILDERS } from "./model.js";

export const FLAVOUR: Flavour = { ...KNEX_FLAVOUR, language: BUILDERS };
