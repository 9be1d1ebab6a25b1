/** Where the lab reports progress: one line for each step worth waiting for. */
export type Log = (line: string) => void;

/** Standard output belongs to results; progress goes to standard error. */
export const logToStderr: Log = (line) => void process.stderr.write(`${line}\n`);

export const silent: Log = () => undefined;
