/** What a command has to do with the world around it; tests replace it. */

/** 0: nothing found, or done. 1: something was found. 2: it could not be done. */
export type ExitCode = 0 | 1 | 2;

export interface Terminal {
  /** Working directory. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Results. */
  out(text: string): void;
  /** Progress, hints and failures. */
  err(text: string): void;
  /** A person watches: progress may be shown. */
  readonly interactive: boolean;
}

/** A failure that the user can do something about. The message is shown as it is; it must hold no part of an address. */
export class CommandError extends Error {}
