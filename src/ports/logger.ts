/** Severity of a log line. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Writes log lines for people: `TS | LEVEL | k=v ... | message`. */
export type Logger = (
  level: LogLevel,
  message: string,
  fields?: Readonly<Record<string, string | number>>,
) => void;
