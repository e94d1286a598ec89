import { z } from "zod";

const environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  /** Folder of the database; without it the data lives in memory. */
  DATA_DIR: z.string().optional(),
  RELEASE: z.enum(["before", "incident", "corrected"]).default("corrected"),
  SEED_SCALE: z.coerce.number().positive().max(100).default(1),
  /** Number of stock movements, where it shall not follow SEED_SCALE. */
  SEED_MOVEMENTS: z.coerce.number().int().positive().optional(),
});

const values = environment.parse(process.env);

export type Release = z.infer<typeof environment>["RELEASE"];

/** The settings of the process, read once from its environment. */
export const config = {
  port: values.PORT,
  dataDir: values.DATA_DIR,
  release: values.RELEASE,
  seed: { scale: values.SEED_SCALE, movements: values.SEED_MOVEMENTS },
} as const;
