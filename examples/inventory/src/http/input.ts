import { z } from "zod";

/** A positive number that identifies something. */
export const id = z.coerce.number().int().positive();

/** Size of a page. */
export const limit = z.coerce.number().int().min(1).max(500).default(50);

/** The last id of the page before. */
export const after = z.coerce.number().int().min(0).default(0);

/** Pieces of something. */
export const pieces = z.number().int().positive().max(1_000_000);

export const status = z.enum(["draft", "placed", "shipped", "cancelled", "expired"]);

export const idParam = z.object({ id });
export const page = z.object({ after, limit });
