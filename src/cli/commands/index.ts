/** The commands, each in a file of its own. */
import type { Command } from "commander";
import type { ExitCode, Terminal } from "../terminal.js";
import { snapshotCommand } from "./snapshot.js";

/**
 * Adds a command to the program. What it was asked and did ends with `finish`; what it throws is a failure
 * ({@link CommandError} in words for the user, anything else a bug).
 */
export type AddCommand = (program: Command, terminal: Terminal, finish: (code: ExitCode) => void) => void;

export const COMMANDS: readonly AddCommand[] = [snapshotCommand];
