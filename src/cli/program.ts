/** The command line: arguments → a command → an exit code. */
import { Command, CommanderError } from "commander";
import { plugin } from "../plugin.js";
import { COMMANDS } from "./commands/index.js";
import { CommandError, type ExitCode, type Terminal } from "./terminal.js";

/** Runs the command that the arguments name (those after the program's own name). Never throws. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = new Command("query-guard")
    .description("Commands beside the ESLint plugin query-guard.")
    .version(plugin.meta?.version ?? "unknown", "-v, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .addHelpText("after", "\nExit codes: 0 nothing found, or done; 1 something was found; 2 it could not be done.")
    .showHelpAfterError("(--help lists what there is)")
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) })
    .exitOverride();
  for (const add of COMMANDS) {
    add(program, terminal, (found) => {
      code = found;
    });
  }
  // A command is added before these are set on the program; it takes them over from there.
  for (const command of program.commands) command.copyInheritedSettings(program);
  if (args.length === 0) {
    program.outputHelp();
    return 0;
  }
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    // Help and version end this way, too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof CommandError)) throw error;
    terminal.err(`query-guard: ${error.message}\n`);
    return 2;
  }
  return code;
}
